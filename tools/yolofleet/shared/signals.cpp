#include "shared/signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <system_error>

namespace yolofleet::command {
namespace {

// A signal handler can access only globals.
std::atomic<int> received_signal{0};
std::atomic<std::int64_t> received_at{0};  // by `milliseconds`; 0: not known yet
std::atomic<bool> stop{false};
std::atomic<bool> prints{false};
std::array<int, 2> wake_pipe{-1, -1};

/// Clears the line first: it may hold a progress line, or the terminal's "^C".
constexpr std::string_view kStopping =
    "\r\x1B[Kyolofleet: stopping after the pictures in progress; a second signal stops at once\n";

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free);

constexpr std::int64_t kSameSignal = 200;  // milliseconds

/// The time of a clock that a signal handler may read.
std::int64_t milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void install(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

void wake() {
  stop.store(true);
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = ::write(wake_pipe[1], &byte, 1);
}

void on_signal(int number) {
  const int kept = errno;
  int none = 0;
  if (!received_signal.compare_exchange_strong(none, number)) {
    const std::int64_t at = received_at.load();
    if (none != number || (at != 0 && milliseconds() - at >= kSameSignal)) {
      install(number, SIG_DFL);
      ::raise(number);  // it comes when this handler returns
    }
  } else {
    received_at.store(milliseconds());
    if (prints.load()) {
      [[maybe_unused]] const ssize_t written =
          ::write(STDERR_FILENO, kStopping.data(), kStopping.size());
    }
    wake();
  }
  errno = kept;
}

/// A signal that the process was started to ignore stays ignored, as POSIX shells have it.
void catch_unless_ignored(int number) {
  struct sigaction now {};
  if (::sigaction(number, nullptr, &now) != 0 || now.sa_handler != SIG_IGN) {
    install(number, on_signal);
  }
}

void release(int number) {
  struct sigaction now {};
  if (::sigaction(number, nullptr, &now) != 0 || now.sa_handler == on_signal) {
    install(number, SIG_DFL);
  }
}

}  // namespace

StopSignals::StopSignals(bool print) {
  prints.store(print);
  received_signal.store(0);
  received_at.store(0);
  stop.store(false);
  if (::pipe2(wake_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  catch_unless_ignored(SIGINT);
  catch_unless_ignored(SIGTERM);
}

StopSignals::~StopSignals() {
  release(SIGINT);
  release(SIGTERM);
  ::close(wake_pipe[0]);
  ::close(wake_pipe[1]);
}

int StopSignals::received() const noexcept {
  return received_signal.load();
}

void StopSignals::request_stop() noexcept {
  wake();
}

bool StopSignals::stop_requested() const noexcept {
  return stop.load();
}

int StopSignals::descriptor() const noexcept {
  return wake_pipe[0];
}

}  // namespace yolofleet::command
