#include "cli/print_pdf.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/text.h"

extern char** environ;  // NOLINT: what POSIX calls it

namespace tracehound::cli {

namespace {

constexpr std::chrono::seconds kLongest{600};

// A folder of its own, gone with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code unknown;
    auto base = std::filesystem::temp_directory_path(unknown);
    std::string name = (unknown ? std::filesystem::path("/tmp") : base) / "tracehound-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code unknown;
    if (!path_.empty()) std::filesystem::remove_all(path_, unknown);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Whether the program ended well; it is stopped when it takes too long. Its output is thrown away.
bool run_program(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  int failed = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return false;
  auto end = std::chrono::steady_clock::now() + kLongest;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Chromium dates a document by the clock; ours is dated by the chain.
void set_dates(std::string& pdf, std::uint32_t time) {
  std::string digits;
  for (char c : utc_text(time)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  for (std::string_view field : {"/CreationDate (D:", "/ModDate (D:"}) {
    for (std::size_t at = pdf.find(field); at != pdf.npos; at = pdf.find(field, at + 1)) {
      if (at + field.size() + digits.size() > pdf.size()) break;
      pdf.replace(at + field.size(), digits.size(), digits);
    }
  }
}

}  // namespace

Result<std::string> find_chromium() {
  std::vector<std::string> names = {"chromium", "chromium-browser", "google-chrome"};
  const char* asked = std::getenv("CHROMIUM");
  if (asked != nullptr && *asked != '\0') names.insert(names.begin(), asked);
  const char* path = std::getenv("PATH");
  for (const std::string& name : names) {
    if (name.find('/') != std::string::npos && access(name.c_str(), X_OK) == 0) return name;
    std::string_view folders = path == nullptr ? "/usr/bin" : path;
    while (!folders.empty()) {
      std::string_view folder = folders.substr(0, folders.find(':'));
      folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
      std::string file = fmt::format("{}/{}", folder, name);
      if (!folder.empty() && access(file.c_str(), X_OK) == 0) return file;
    }
  }
  return machine_error(
      "--pdf needs Chromium, and none is installed; install the package chromium, name one in "
      "$CHROMIUM, or write --html and print it from any browser");
}

Result<std::string> print_pdf(FileSystem& files, const std::string& chromium, std::string_view page,
                              std::uint32_t time) {
  TemporaryFolder folder;
  if (folder.path().empty()) {
    return machine_error("--pdf: cannot make a temporary folder; is the disk of $TMPDIR full?");
  }
  std::string html = folder.path() + "/report.html";
  std::string pdf = folder.path() + "/report.pdf";
  TRY(replace_file(files, html, page));
  std::vector<std::string> words = {chromium,
                                    "--headless",
                                    "--disable-gpu",
                                    "--no-first-run",
                                    "--disable-sync",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--disable-quic",
                                    "--disable-dev-shm-usage",
                                    "--host-resolver-rules=MAP * ~NOTFOUND",
                                    "--user-data-dir=" + folder.path() + "/profile",
                                    "--no-pdf-header-footer",
                                    "--print-to-pdf=" + pdf};
  // Its sandbox does not work for root. The page is our own, and its policy runs nothing foreign.
  if (geteuid() == 0) words.emplace_back("--no-sandbox");
  words.push_back("file://" + html);
  if (!run_program(words) || !files.exists(pdf)) {
    return machine_error(
        fmt::format("--pdf: {} could not print the report; write --html and print it from a "
                    "browser",
                    chromium));
  }
  TRY_ASSIGN(Bytes bytes, read_file(files, pdf));
  std::string text(bytes.begin(), bytes.end());
  set_dates(text, time);
  return text;
}

}  // namespace tracehound::cli
