#include "eval/subprocess.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "shared/exit_code.hpp"
#include "shared/fail.hpp"

// The environment of this process; no POSIX header declares it.
extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace yolofleet::command {
namespace {

/// A file in memory: unlike with a pipe, no process ever waits for the other.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }

  int descriptor() const noexcept { return descriptor_; }

  bool fill(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::lseek(descriptor_, 0, SEEK_SET) == 0;
  }

  std::string content() const {
    std::string text;
    std::array<char, 4096> buffer{};
    ::lseek(descriptor_, 0, SEEK_SET);
    for (ssize_t got = 0; (got = ::read(descriptor_, buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int descriptor_;
};

/// The settings of the child process: its standard streams, a process group of its own, and the
/// default action for SIGPIPE, because this program ignores SIGPIPE.
class SpawnSettings {
 public:
  SpawnSettings(const MemoryFile& input, const MemoryFile& output, const MemoryFile& errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, input.descriptor(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output.descriptor(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, errors.descriptor(), STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
  const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

constexpr int kLookMilliseconds = 10;

/// The exit code of the process; nothing if it was killed because `shall_stop` returned true.
std::optional<int> wait_for(pid_t process, const ShallStop& shall_stop) {
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(process, &status, shall_stop ? WNOHANG : 0);
    if (ended == process) {
      return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
    }
    if (ended == 0 && shall_stop()) {
      break;
    }
    if (ended == 0) {
      ::poll(nullptr, 0, kLookMilliseconds);  // a signal always ends it, unlike other sleeps
    }
  }
  ::kill(-process, SIGKILL);
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

}  // namespace

Result<ProcessEnd> run_process(const std::vector<std::string>& command, std::string_view input,
                               const ShallStop& shall_stop) {
  MemoryFile in("input");
  const MemoryFile out("output");
  const MemoryFile errors("errors");
  if (in.descriptor() < 0 || out.descriptor() < 0 || errors.descriptor() < 0 || !in.fill(input)) {
    return fail(ErrorCode::kIo, "no memory for the input and output of {}: {}", command.front(),
                std::strerror(errno));
  }
  std::vector<std::string> copies = command;  // posix_spawn takes strings that aren't const
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& argument : copies) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  const SpawnSettings settings(in, out, errors);
  pid_t process = 0;
  const int refused = ::posix_spawnp(&process, arguments.front(), settings.actions(),
                                     settings.attributes(), arguments.data(), environ);
  if (refused != 0) {
    return fail(ErrorCode::kNotFound, "{}: can't be started: {}", command.front(),
                std::strerror(refused));
  }
  const auto exit_code = wait_for(process, shall_stop);
  if (!exit_code) {
    return fail(ErrorCode::kCancelled, "{}: was stopped", command.front());
  }
  return ProcessEnd{*exit_code, out.content(), errors.content()};
}

}  // namespace yolofleet::command
