#include "input/read_ahead.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "command/temporary_folder.hpp"
#include "shared/fail.hpp"
#include "shared/signals.hpp"

namespace yolofleet::command {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

bool never() {
  return false;
}

Inputs numbered(int count) {
  std::vector<Entry> entries;
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    entries.push_back({name, name, std::nullopt, false});
  }
  return Inputs::of(std::move(entries));
}

/// A disk in memory that takes its time for each file, and counts the bytes that it has given.
class SlowDisk {
 public:
  explicit SlowDisk(Clock::duration delay) : delay_(delay) {}

  FileReader reader() {
    return {[this](const Entry& entry) { return std::optional(size(number(entry))); },
            [this](const Entry& entry) { return read(entry); }};
  }

  /// The bytes of a file by its number.
  std::function<std::size_t(int)> size = [](int) { return std::size_t{100}; };
  bool some_fail = false;  ///< every seventh

  std::size_t most_at_once() const { return most_; }
  /// Bytes of files that were begun; the test takes off those that it has taken.
  std::size_t given() const { return given_; }

 private:
  static int number(const Entry& entry) { return std::stoi(entry.name); }

  Result<EncodedImage> read(const Entry& entry) {
    const std::size_t now = ++at_once_;
    std::size_t most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
    const std::size_t bytes = size(number(entry));
    given_ += bytes;
    std::this_thread::sleep_for(delay_ * (1 + number(entry) % 3) / 2);
    --at_once_;
    if (some_fail && number(entry) % 7 == 3) {
      return fail(ErrorCode::kIo, "{}: can't be read", entry.name);
    }
    return EncodedImage(bytes);
  }

  const Clock::duration delay_;
  std::atomic<std::size_t> at_once_ = 0;
  std::atomic<std::size_t> most_ = 0;
  std::atomic<std::size_t> given_ = 0;
};

TEST(ReadAhead, ManyFilesDontTakeTheDelayOfEach) {
  SlowDisk disk{20ms};
  Inputs inputs = numbered(300);
  const auto begin = Clock::now();
  ReadAhead ahead(inputs, disk.reader(), never);
  int taken = 0;
  while (const auto picture = ahead.next()) {
    EXPECT_EQ(picture->entry.name, std::to_string(taken++));
  }
  EXPECT_EQ(taken, 300);
  EXPECT_TRUE(ahead.ended());
  EXPECT_LT(Clock::now() - begin, 300 * 20ms / 4);
  EXPECT_EQ(ahead.threads(), 32U);
}

TEST(ReadAhead, ShortWaitsStartNoThreads) {
  SlowDisk disk{1ms};
  Inputs inputs = numbered(50);
  ReadAheadLimits limits;
  limits.files = 1;  // so that each file is waited for
  ReadAhead ahead(inputs, disk.reader(), never, limits);
  int taken = 0;
  do {
    std::this_thread::sleep_for(20ms);
    ++taken;
  } while (ahead.next());
  EXPECT_EQ(taken, 51);
  EXPECT_LE(ahead.threads(), 4U);  // a thread may be very late on a busy machine
}

TEST(ReadAhead, KeepsTheOrderOfErrorsToo) {
  SlowDisk disk{2ms};
  disk.some_fail = true;
  std::vector<Entry> entries;
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::to_string(i);
    entries.push_back({name, name, std::nullopt, false});
    if (i % 11 == 5) {
      entries.back().error = Error{ErrorCode::kNotFound, "known before"};
    }
  }
  Inputs inputs = Inputs::of(std::move(entries));
  ReadAhead ahead(inputs, disk.reader(), never);
  for (int i = 0; i < 100; ++i) {
    const auto picture = ahead.next();
    ASSERT_TRUE(picture);
    EXPECT_EQ(picture->entry.name, std::to_string(i));
    const std::string error = picture->bytes ? "" : picture->bytes.error().message;
    EXPECT_EQ(error, i % 11 == 5  ? "known before"
                     : i % 7 == 3 ? std::to_string(i) + ": can't be read"
                                  : "");
  }
  EXPECT_FALSE(ahead.next());
}

TEST(ReadAhead, HoldsNoMoreBytesAndFilesThanItMay) {
  SlowDisk disk{1ms};
  disk.size = [](int number) { return std::size_t{number % 5 == 0 ? 4000U : 100U}; };
  Inputs inputs = numbered(200);
  ReadAhead ahead(inputs, disk.reader(), never, {.threads = 8, .files = 20, .bytes = 10'000});
  std::size_t taken = 0;
  for (int i = 0; i < 200; ++i) {
    if (i % 50 == 0) {
      std::this_thread::sleep_for(30ms);  // it reads as far ahead as it may
    }
    taken += ahead.next()->bytes->size();
    EXPECT_LE(disk.given() - taken, 10'000U + 4000U) << "with the next, which is read at any rate";
  }
  EXPECT_FALSE(ahead.next());
  EXPECT_LE(disk.most_at_once(), 8U);
}

TEST(ReadAhead, AFileLargerThanTheBoundIsRead) {
  SlowDisk disk{1ms};
  disk.size = [](int number) { return std::size_t{number % 2 == 0 ? 50'000U : 10U}; };
  Inputs inputs = numbered(20);
  ReadAhead ahead(inputs, disk.reader(), never, {.threads = 8, .files = 20, .bytes = 10'000});
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(ahead.next()->bytes->size(), i % 2 == 0 ? 50'000U : 10U);
  }
  EXPECT_FALSE(ahead.next());
}

/// How often a thread of this process has given up the CPU to wait.
long waits() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

TEST(ReadAhead, AFileThatIsTakenWakesFewThreads) {
  std::atomic<bool> slow = true;
  const FileReader disk{[](const Entry&) { return std::optional<std::size_t>(100); },
                        [&](const Entry&) {
                          if (slow) {
                            std::this_thread::sleep_for(20ms);
                          }
                          return EncodedImage(100);
                        }};
  Inputs inputs = numbered(3000);
  // With half of a file's bytes to spare, all threads take entries, and then lack room.
  ReadAhead ahead(inputs, disk, never, {.threads = 32, .files = 1024, .bytes = 850});
  for (int i = 0; i < 1000 && ahead.threads() < 32; ++i) {
    ASSERT_TRUE(ahead.next());
  }
  ASSERT_EQ(ahead.threads(), 32U);
  slow = false;
  constexpr int kTaken = 1000;
  const long before = waits();
  for (int i = 0; i < kTaken; ++i) {
    std::this_thread::sleep_for(100us);
    ASSERT_TRUE(ahead.next());
  }
  EXPECT_LT(waits() - before, 8 * kTaken);
}

TEST(ReadAhead, ReadsRealFiles) {
  const TemporaryFolder folder;
  std::vector<Entry> entries;
  for (int i = 0; i < 30; ++i) {
    const auto file =
        folder.write(std::to_string(i), std::string(static_cast<std::size_t>(i), 'x'));
    entries.push_back({file.string(), file.filename(), std::nullopt, false});
  }
  entries.push_back({folder.path().string(), "folder", std::nullopt, false});
  entries.push_back({(folder.path() / "gone").string(), "gone", std::nullopt, false});
  Inputs inputs = Inputs::of(std::move(entries));
  ReadAhead ahead(inputs, file_reader(-1), never);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(ahead.next()->bytes->size(), i);
  }
  EXPECT_THAT(ahead.next()->bytes.error().message, ::testing::HasSubstr("is a folder"));
  EXPECT_EQ(ahead.next()->bytes.error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(ahead.next());
}

TEST(ReadAhead, OpensAPipeOnlyInItsTurn) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const Entry entry{pipe.string(), "pipe", std::nullopt, false};
  Inputs inputs = Inputs::of({entry, entry, entry});  // each as a writer comes
  std::thread writers([&] {
    for (const std::size_t size : {3U, 5U, 7U}) {
      const int to = ::open(pipe.c_str(), O_WRONLY | O_CLOEXEC);
      EXPECT_EQ(::write(to, "1234567", size), static_cast<ssize_t>(size));
      ::close(to);
      std::this_thread::sleep_for(50ms);
    }
  });
  ReadAhead ahead(inputs, file_reader(-1), never);
  for (const std::size_t size : {3U, 5U, 7U}) {
    EXPECT_EQ(ahead.next()->bytes->size(), size);
  }
  EXPECT_FALSE(ahead.next());
  writers.join();
}

TEST(ReadAhead, IsStoppedWhileItWaitsForAPipe) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "never";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  StopSignals stop(false);
  Inputs inputs = Inputs::of({{pipe.string(), "never", std::nullopt, false},
                              {pipe.string(), "never", std::nullopt, false}});
  const auto begin = Clock::now();
  {
    ReadAhead ahead(inputs, file_reader(stop.descriptor()), [&] { return stop.stop_requested(); });
    std::thread stops([&] {
      std::this_thread::sleep_for(50ms);
      stop.request_stop();
    });
    EXPECT_FALSE(ahead.next());
    EXPECT_FALSE(ahead.ended());
    stops.join();
  }
  EXPECT_LT(Clock::now() - begin, 2s);
}

/// Files that hang until the test lets them go.
class HangingDisk {
 public:
  FileReader reader() {
    return {[](const Entry&) { return std::optional<std::size_t>(1); },
            [state = state_](const Entry& entry) {
              std::unique_lock lock{state->mutex};
              state->changed.wait(lock, [&] { return entry.name == "0" || state->open; });
              ++state->read;
              state->changed.notify_all();
              return Result<EncodedImage>(EncodedImage(1));
            }};
  }
  void wait_for(int files) {
    std::unique_lock lock{state_->mutex};
    state_->open = true;
    state_->changed.notify_all();
    state_->changed.wait(lock, [&] { return state_->read >= files; });
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    int read = 0;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

TEST(ReadAhead, LeavesAFileThatHangs) {
  HangingDisk disk;
  std::atomic<bool> stopped = false;
  const auto begin = Clock::now();
  {
    Inputs inputs = numbered(3);
    ReadAhead ahead(inputs, disk.reader(), [&] { return stopped.load(); });
    EXPECT_TRUE(ahead.next());
    std::thread stops([&] {
      std::this_thread::sleep_for(50ms);
      stopped = true;
    });
    EXPECT_FALSE(ahead.next());
    stops.join();
  }
  EXPECT_LT(Clock::now() - begin, 3s);
  disk.wait_for(2);  // its thread goes on by itself, and nothing is left of the inputs
}

TEST(ReadAhead, MayEndInTheMiddle) {
  for (int round = 0; round < 20; ++round) {
    SlowDisk disk{1ms};
    Inputs inputs = numbered(500);
    ReadAhead ahead(inputs, disk.reader(), never);
    for (int i = 0; i < round; ++i) {
      EXPECT_TRUE(ahead.next());
    }
  }
}

TEST(ReadAhead, PassesExceptionsOn) {
  Inputs inputs = numbered(5);
  const FileReader broken{
      [](const Entry&) { return std::optional<std::size_t>(1); },
      [](const Entry&) -> Result<EncodedImage> { throw std::runtime_error("a broken machine"); }};
  ReadAhead ahead(inputs, broken, never);
  EXPECT_THROW(ahead.next(), std::runtime_error);
}

}  // namespace
}  // namespace yolofleet::command
