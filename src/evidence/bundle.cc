#include "evidence/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace tracehound::evidence {

namespace {

constexpr std::string_view kSignatureHead = "tracehound.signature/1\n";
constexpr std::size_t kHashDigits = 64;

std::string sum_text(ByteView bytes) {
  Hash256 sum = thread_hasher().sha256(bytes);
  return to_hex(sum.view());
}

using BundleFiles = std::span<const BundleFile>;

BundleFiles files_of(BundleKind kind) {
  return kind == BundleKind::coins ? BundleFiles(kCoinFiles) : BundleFiles(kAccountFiles);
}

bool is_named(BundleFiles files, std::string_view name) {
  return std::ranges::find(files, name, &BundleFile::name) != files.end();
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A name from outside, safe to print and not endless.
std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 80;
  return printable(name.substr(0, kMost));
}

struct Sums {
  std::map<std::string, std::string, std::less<>> of;  // hexadecimal, by file name
  std::vector<Finding> findings;

  void add(std::size_t line, std::string why) {
    findings.push_back({std::string(kSums), fmt::format("line {}", line), std::move(why)});
  }
};

// "HEX  NAME" a line. A name that is none of the bundle's is not looked at: whatever it says of
// folders above or elsewhere, no such file is opened.
Sums read_sums(std::string_view text, BundleFiles files) {
  Sums sums;
  std::string before;
  for (std::size_t line = 1; !text.empty(); ++line) {
    std::size_t end = text.find('\n');
    std::string_view row = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (end == std::string_view::npos) sums.add(line, "has no end");
    bool form = row.size() > kHashDigits + 2 && row.substr(kHashDigits, 2) == "  " &&
                is_lower_hex(row.substr(0, kHashDigits));
    if (!form) {
      sums.add(line, "is not a SHA-256, two blanks and a name");
      continue;
    }
    std::string name(row.substr(kHashDigits + 2));
    if (!is_named(files, name)) {
      sums.add(line, fmt::format("names '{}', which no bundle has", shown(name)));
    } else if (!sums.of.try_emplace(name, row.substr(0, kHashDigits)).second) {
      sums.add(line, fmt::format("names {} a second time", name));
    } else if (name < before) {
      sums.add(line, fmt::format("names {} after {}; names stand in their order", name, before));
    }
    before = std::max(before, name);
  }
  return sums;
}

// What a folder holds under a name.
struct Entry {
  std::string name;
  bool plain_file = false;  // and no link, folder, pipe, ...
  std::uint64_t size = 0;
};

// FileSystem::list() follows links and leaves folders out: here both are to be told of.
Result<std::vector<Entry>> entries_of(FileSystem& files, const std::string& folder) {
  TRY_ASSIGN(auto names, files.list(folder));
  std::map<std::string, Entry> found;
  for (const std::string& name : names) {
    TRY_ASSIGN(auto file, files.open_read(fmt::format("{}/{}", folder, name)));
    found.emplace(name, Entry{name, true, file->size()});
  }
  std::error_code no_such_disk;
  for (const auto& there : std::filesystem::directory_iterator(folder, no_such_disk)) {
    std::error_code unseen;
    if (std::filesystem::is_regular_file(there.symlink_status(unseen))) continue;
    std::string name = there.path().filename().string();
    found.insert_or_assign(name, Entry{name, false, 0});
  }
  std::vector<Entry> entries;
  for (auto& [_, entry] : found) entries.push_back(std::move(entry));
  return entries;
}

// By the files that one kind alone has; where those are gone, by how bundle.json begins.
Result<BundleKind> kind_of(FileSystem& files, const std::string& folder,
                           const std::vector<Entry>& entries) {
  auto there = [&](std::string_view name) {
    auto entry = std::ranges::find(entries, name, &Entry::name);
    return entry != entries.end() && entry->plain_file;
  };
  if (there(kHeaders) || there(kTransactions)) return BundleKind::coins;
  if (there(kTransfers)) return BundleKind::accounts;
  if (!there(kStatement)) return BundleKind::coins;
  TRY_ASSIGN(auto mapping, files.map(fmt::format("{}/{}", folder, kStatement)));
  ByteView bytes = mapping->bytes();
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  bool accounts = text.starts_with(kAccountStatementHead);
  return accounts ? BundleKind::accounts : BundleKind::coins;
}

// What is in the folder and does not belong there, or not in that way.
void check_entries(const std::vector<Entry>& entries, OpenBundle& bundle) {
  for (const Entry& entry : entries) {
    bool known = is_named(files_of(bundle.kind), entry.name) || entry.name == kSums ||
                 entry.name == kSignature;
    if (!known) {
      bundle.findings.push_back({shown(entry.name), "", "does not belong to the bundle"});
    } else if (!entry.plain_file) {
      bundle.findings.push_back({entry.name, "", "is a link or a folder and no plain file"});
    }
  }
}

Status open_files(FileSystem& files, const std::string& folder, const std::vector<Entry>& entries,
                  const Sums& sums, OpenBundle& bundle) {
  auto wrong = [&](std::string_view name, std::string why) {
    bundle.findings.push_back({std::string(name), "", std::move(why)});
  };
  for (const BundleFile& file : files_of(bundle.kind)) {
    auto entry = std::ranges::find(entries, file.name, &Entry::name);
    auto sum = sums.of.find(file.name);
    if (entry == entries.end()) {
      wrong(file.name, "is missing");
      continue;
    }
    if (sum == sums.of.end()) wrong(file.name, "is not in SHA256SUMS");
    if (!entry->plain_file) continue;
    if (entry->size > file.most_bytes) {
      wrong(file.name, fmt::format("has {} bytes, more than the {} it may have", entry->size,
                                   file.most_bytes));
      continue;
    }
    TRY_ASSIGN(auto mapping, files.map(fmt::format("{}/{}", folder, file.name)));
    if (sum != sums.of.end()) {
      std::string is = sum_text(mapping->bytes());
      if (is != sum->second) {
        wrong(file.name,
              fmt::format("has the SHA-256 {} and not {} as SHA256SUMS says", is, sum->second));
      }
    }
    bundle.files.emplace(file.name, std::move(mapping));
  }
  return {};
}

// "key HEX" and "signature HEX" behind the first line. Nothing where it is not of that form.
template <std::size_t kSize>
std::optional<std::array<Byte, kSize>> take_line(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return std::nullopt;
  text.remove_prefix(word.size());
  std::string_view digits = text.substr(0, 2 * kSize);
  if (digits.size() != 2 * kSize || !is_lower_hex(digits)) return std::nullopt;
  text.remove_prefix(digits.size());
  if (!text.starts_with('\n')) return std::nullopt;
  text.remove_prefix(1);
  std::array<Byte, kSize> bytes{};
  std::ranges::copy(*from_hex(digits), bytes.begin());
  return bytes;
}

void check_signature(std::string_view text, std::string_view sums, OpenBundle& bundle) {
  auto wrong = [&](std::string why) {
    bundle.findings.push_back({std::string(kSignature), "", std::move(why)});
  };
  if (!text.starts_with(kSignatureHead)) return wrong("is no tracehound.signature/1");
  text.remove_prefix(kSignatureHead.size());
  auto key = take_line<32>(text, "key ");
  auto signature = take_line<64>(text, "signature ");
  if (!key || !signature || !text.empty()) {
    return wrong("is not a line with a key and a line with a signature");
  }
  if (!ed25519::verify(*key, as_bytes(sums), *signature)) {
    return wrong(fmt::format("is not the signature of SHA256SUMS by the key {}", to_hex(*key)));
  }
  bundle.signer = *key;
}

Result<std::string> read_small(FileSystem& files, const std::string& folder, const Entry& entry) {
  if (!entry.plain_file || entry.size > kMostSumsBytes) return std::string();
  TRY_ASSIGN(Bytes bytes, read_file(files, fmt::format("{}/{}", folder, entry.name)));
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace

std::string Finding::text() const {
  return item.empty() ? fmt::format("{}: {}", file, why)
                      : fmt::format("{}: {}: {}", file, item, why);
}

std::string sums_of(const Files& files) {
  std::string text;
  for (const auto& [name, bytes] : files) text += fmt::format("{}  {}\n", sum_text(bytes), name);
  return text;
}

std::string signature_text(const ed25519::PrivateKey& key, std::string_view sums) {
  return fmt::format("{}key {}\nsignature {}\n", kSignatureHead, to_hex(ed25519::public_key(key)),
                     to_hex(ed25519::sign(key, as_bytes(sums))));
}

Result<OpenBundle> open_bundle(FileSystem& files, const std::string& folder) {
  auto entries = entries_of(files, folder);
  if (!entries)
    return bad_input(fmt::format("{}; name a bundle's folder", entries.error().message));
  auto sums_entry = std::ranges::find(*entries, kSums, &Entry::name);
  if (sums_entry == entries->end() || !sums_entry->plain_file) {
    return bad_input(fmt::format(
        "{} is no bundle of evidence: it has no {}; name a folder that `tracehound incident "
        "evidence` made",
        folder, kSums));
  }
  OpenBundle bundle;
  TRY_ASSIGN(bundle.kind, kind_of(files, folder, *entries));
  check_entries(*entries, bundle);
  if (sums_entry->size > kMostSumsBytes) {
    bundle.findings.push_back({std::string(kSums), "", "is longer than that of any bundle"});
  }
  TRY_ASSIGN(std::string text, read_small(files, folder, *sums_entry));
  Sums sums = read_sums(text, files_of(bundle.kind));
  std::ranges::move(sums.findings, std::back_inserter(bundle.findings));
  TRY(open_files(files, folder, *entries, sums, bundle));
  auto signature = std::ranges::find(*entries, kSignature, &Entry::name);
  if (signature != entries->end()) {
    TRY_ASSIGN(std::string signed_by, read_small(files, folder, *signature));
    check_signature(signed_by, text, bundle);
  }
  return bundle;
}

std::optional<Difference> difference_of(std::string_view stated, std::string_view expected) {
  if (stated == expected) return std::nullopt;
  auto [here, there] = std::ranges::mismatch(stated, expected);
  auto line = 1 + std::count(stated.begin(), here, '\n');
  return Difference{
      fmt::format("line {}", line),
      fmt::format("is not what the trace run again gives, from byte {} on", here - stated.begin())};
}

void check_signer(const std::optional<ed25519::PublicKey>& signer,
                  const std::optional<ed25519::PublicKey>& key, std::vector<Finding>& findings) {
  if (!key || signer == key) return;
  findings.push_back(
      {std::string(kSignature), "",
       signer ? fmt::format("is of the key {}, not of the one that was named", to_hex(*signer))
              : "there is no signature that holds, and a key was named"});
}

Status check_room(FileSystem& files, const std::string& folder) {
  auto no_room = [&](std::string_view why) {
    return fail(ErrorKind::usage,
                fmt::format("{} {}; name a new folder for the bundle", folder, why));
  };
  if (!files.exists(folder)) return {};
  auto entries = entries_of(files, folder);
  if (!entries) return no_room("is there and is no folder that can be read");
  return entries->empty() ? Status() : no_room("is not empty");
}

Status write_bundle(FileSystem& files, const std::string& folder, const Files& bundle,
                    const std::optional<ed25519::PrivateKey>& key) {
  TRY(check_room(files, folder));
  bool was_there = files.exists(folder);
  TRY(files.make_folder(folder));
  std::string sums = sums_of(bundle);
  std::vector<std::string> written;
  auto put = [&](std::string_view name, ByteView bytes) -> Status {
    std::string path = fmt::format("{}/{}", folder, name);
    written.push_back(path);
    return replace_file(files, path, bytes);
  };
  auto put_all = [&]() -> Status {
    for (const auto& [name, bytes] : bundle) TRY(put(name, bytes));
    if (key) TRY(put(kSignature, as_bytes(signature_text(*key, sums))));
    return put(kSums, as_bytes(sums));
  };
  Status done = put_all();
  if (done) return done;
  for (const std::string& path : written) {
    if (files.exists(path)) static_cast<void>(files.remove(path));
  }
  std::error_code kept;
  if (!was_there) std::filesystem::remove(folder, kept);
  return done;
}

}  // namespace tracehound::evidence
