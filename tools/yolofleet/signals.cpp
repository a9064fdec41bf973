#include "signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace yolofleet::command {
namespace {

// A signal handler reaches nothing but globals.
std::atomic<int> received_signal{0};
std::atomic<bool> stop{false};
std::array<int, 2> wake_pipe{-1, -1};

static_assert(std::atomic<int>::is_always_lock_free);

void wake() {
  stop.store(true);
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = ::write(wake_pipe[1], &byte, 1);
}

void on_signal(int number) {
  const int kept = errno;
  received_signal.store(number);
  wake();
  errno = kept;
}

void install(int number, void (*handler)(int), unsigned flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(flags);
  sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

StopSignals::StopSignals() {
  received_signal.store(0);
  stop.store(false);
  if (::pipe2(wake_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  install(SIGINT, on_signal, SA_RESETHAND | SA_RESTART);
  install(SIGTERM, on_signal, SA_RESETHAND | SA_RESTART);
}

StopSignals::~StopSignals() {
  install(SIGINT, SIG_DFL, 0);
  install(SIGTERM, SIG_DFL, 0);
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
