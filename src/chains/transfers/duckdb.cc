#include "chains/transfers/duckdb.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstring>

#include "base/check.h"
#include "base/parallel.h"
#include "base/text.h"

namespace tracehound::chains::transfers {

namespace {

// duckdb_result: five fields it keeps for old programs, and its own.
struct CResult {
  std::uint64_t counts[3];
  void* columns;
  char* error;
  void* own;
};
using State = int;  // 0 is success

// What DuckDB says, as a clause.
std::string first_line(const char* message) {
  std::string_view text = message == nullptr ? "it does not say why" : message;
  return printable(text.substr(0, std::min<std::size_t>(text.find('\n'), 300)));
}

std::string quoted(std::string_view text, char quote) {
  std::string made(1, quote);
  for (char c : text) made.append(c == quote ? 2 : 1, c);
  return made + quote;
}

}  // namespace

std::string sql_text(std::string_view text) { return quoted(text, '\''); }
std::string sql_name(std::string_view name) { return quoted(name, '"'); }

std::string_view TextChunk::cell(std::size_t column, std::size_t row) const {
  const Vector& vector = vectors_[column];
  if (vector.present != nullptr && (vector.present[row / 64] >> (row % 64) & 1) == 0) return {};
  // Its length, and the text itself where it has at most 12 bytes; else four bytes of it and where
  // it lies.
  const char* place = vector.texts + 16 * row;
  std::uint32_t length = 0;
  std::memcpy(&length, place, sizeof length);
  const char* text = place + 4;
  if (length > 12) std::memcpy(&text, place + 8, sizeof text);
  return {text, length};
}

struct DuckDb::Interface {
  void* library = nullptr;

  State (*create_config)(void** config) = nullptr;
  State (*set_config)(void* config, const char* name, const char* value) = nullptr;
  void (*destroy_config)(void** config) = nullptr;
  State (*open_ext)(const char* path, void** database, void* config, char** error) = nullptr;
  void (*free)(void* memory) = nullptr;
  State (*connect)(void* database, void** connection) = nullptr;
  void (*disconnect)(void** connection) = nullptr;
  void (*close)(void** database) = nullptr;
  State (*query)(void* connection, const char* sql, CResult* result) = nullptr;
  State (*prepare)(void* connection, const char* sql, void** statement) = nullptr;
  const char* (*prepare_error)(void* statement) = nullptr;
  void (*destroy_prepare)(void** statement) = nullptr;
  State (*execute_prepared_streaming)(void* statement, CResult* result) = nullptr;
  const char* (*result_error)(CResult* result) = nullptr;
  void (*destroy_result)(CResult* result) = nullptr;
  std::uint64_t (*column_count)(CResult* result) = nullptr;
  int (*column_type)(CResult* result, std::uint64_t column) = nullptr;
  void* (*fetch_chunk)(CResult result) = nullptr;
  void (*destroy_data_chunk)(void** chunk) = nullptr;
  std::uint64_t (*data_chunk_get_size)(void* chunk) = nullptr;
  void* (*data_chunk_get_vector)(void* chunk, std::uint64_t column) = nullptr;
  void* (*vector_get_data)(void* vector) = nullptr;
  std::uint64_t* (*vector_get_validity)(void* vector) = nullptr;

  Interface() = default;
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;
  ~Interface() {
    if (library != nullptr) dlclose(library);
  }

  // The name of the first function that the library does not have; nothing when all are there.
  const char* load() {
    const char* missing = nullptr;
    auto find = [&]<typename Function>(const char* name, Function& function) {
      function = reinterpret_cast<Function>(dlsym(library, name));
      if (function == nullptr && missing == nullptr) missing = name;
    };
    find("duckdb_create_config", create_config);
    find("duckdb_set_config", set_config);
    find("duckdb_destroy_config", destroy_config);
    find("duckdb_open_ext", open_ext);
    find("duckdb_free", free);
    find("duckdb_connect", connect);
    find("duckdb_disconnect", disconnect);
    find("duckdb_close", close);
    find("duckdb_query", query);
    find("duckdb_prepare", prepare);
    find("duckdb_prepare_error", prepare_error);
    find("duckdb_destroy_prepare", destroy_prepare);
    find("duckdb_execute_prepared_streaming", execute_prepared_streaming);
    find("duckdb_result_error", result_error);
    find("duckdb_destroy_result", destroy_result);
    find("duckdb_column_count", column_count);
    find("duckdb_column_type", column_type);
    find("duckdb_fetch_chunk", fetch_chunk);
    find("duckdb_destroy_data_chunk", destroy_data_chunk);
    find("duckdb_data_chunk_get_size", data_chunk_get_size);
    find("duckdb_data_chunk_get_vector", data_chunk_get_vector);
    find("duckdb_vector_get_data", vector_get_data);
    find("duckdb_vector_get_validity", vector_get_validity);
    return missing;
  }
};

DuckDb::DuckDb(std::shared_ptr<Interface> interface) : c_(std::move(interface)) {}

DuckDb::~DuckDb() {
  if (connection_ != nullptr) c_->disconnect(&connection_);
  if (database_ != nullptr) c_->close(&database_);
}

Result<std::unique_ptr<DuckDb>> DuckDb::open(const std::string& library,
                                             const std::string& readable) {
  auto interface = std::make_shared<Interface>();
  const char* name = library.empty() ? "libduckdb.so" : library.c_str();
  interface->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (interface->library == nullptr) {
    return machine_error(fmt::format(
        "reading Parquet needs DuckDB, and {} cannot be opened: take libduckdb.so, version 1, from "
        "duckdb.org or the npm package @duckdb/node-bindings-linux-x64, and put its path into "
        "$TRACEHOUND_DUCKDB; or give the list as CSV",
        name));
  }
  if (const char* missing = interface->load()) {
    return machine_error(fmt::format(
        "{} has no {}: it is no DuckDB of version 1; name one that is in $TRACEHOUND_DUCKDB", name,
        missing));
  }
  auto made = std::make_unique<DuckDb>(std::move(interface));
  TRY(made->start(readable));
  return made;
}

Status DuckDb::start(const std::string& readable) {
  void* config = nullptr;
  CHECK(c_->create_config(&config) == 0);
  // Nothing is fetched from anywhere, whatever a file asks for.
  std::string threads = std::to_string(thread_limit());
  std::pair<const char*, const char*> settings[] = {{"threads", threads.c_str()},
                                                    {"autoinstall_known_extensions", "false"},
                                                    {"autoload_known_extensions", "false"},
                                                    {"temp_directory", ""}};
  for (auto [name, value] : settings) c_->set_config(config, name, value);
  char* error = nullptr;
  State opened = c_->open_ext(":memory:", &database_, config, &error);
  c_->destroy_config(&config);
  if (opened != 0 || c_->connect(database_, &connection_) != 0) {
    auto failure = machine_error(fmt::format("DuckDB does not start: {}", first_line(error)));
    if (error != nullptr) c_->free(error);
    return failure;
  }
  TRY(run(fmt::format("SET allowed_paths = [{}]", sql_text(readable))));
  TRY(run("SET enable_external_access = false"));
  return run("SET lock_configuration = true");
}

Status DuckDb::run(const std::string& sql) {
  CResult result{};
  State done = c_->query(connection_, sql.c_str(), &result);
  Status status;
  if (done != 0) {
    status = machine_error(
        fmt::format("DuckDB refuses `{}`: {}", sql, first_line(c_->result_error(&result))));
  }
  c_->destroy_result(&result);
  return status;
}

struct TextRows::State {
  std::shared_ptr<DuckDb::Interface> c;
  void* statement = nullptr;
  CResult result{};
  std::uint64_t columns = 0;
  bool ended = false;

  explicit State(std::shared_ptr<DuckDb::Interface> interface) : c(std::move(interface)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    c->destroy_result(&result);
    c->destroy_prepare(&statement);
  }
};

TextRows::TextRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
TextRows::TextRows(TextRows&&) noexcept = default;
TextRows& TextRows::operator=(TextRows&&) noexcept = default;
TextRows::~TextRows() = default;

Result<TextRows> DuckDb::query(const std::string& sql) {
  constexpr int kText = 17;  // DUCKDB_TYPE_VARCHAR
  auto state = std::make_unique<TextRows::State>(c_);
  if (c_->prepare(connection_, sql.c_str(), &state->statement) != 0) {
    return bad_input(first_line(c_->prepare_error(state->statement)));
  }
  if (c_->execute_prepared_streaming(state->statement, &state->result) != 0) {
    return bad_input(first_line(c_->result_error(&state->result)));
  }
  state->columns = c_->column_count(&state->result);
  for (std::uint64_t i = 0; i < state->columns; ++i) {
    CHECK(c_->column_type(&state->result, i) == kText);
  }
  return TextRows(std::move(state));
}

Result<std::optional<TextChunk>> TextRows::next() {
  if (state_->ended) return std::nullopt;
  const DuckDb::Interface& c = *state_->c;
  void* chunk = c.fetch_chunk(state_->result);
  if (chunk == nullptr) {
    state_->ended = true;
    const char* error = c.result_error(&state_->result);
    if (error != nullptr) return bad_input(first_line(error));
    return std::nullopt;
  }
  TextChunk texts;
  texts.memory_ = {
      chunk, [interface = state_->c](void* memory) { interface->destroy_data_chunk(&memory); }};
  texts.rows_ = c.data_chunk_get_size(chunk);
  if (texts.rows_ == 0) return std::nullopt;
  for (std::uint64_t i = 0; i < state_->columns; ++i) {
    void* vector = c.data_chunk_get_vector(chunk, i);
    texts.vectors_.push_back(
        {static_cast<const char*>(c.vector_get_data(vector)), c.vector_get_validity(vector)});
  }
  return texts;
}

}  // namespace tracehound::chains::transfers
