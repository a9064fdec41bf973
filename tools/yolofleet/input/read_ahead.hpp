#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "input/source.hpp"
#include "yolofleet/picture.hpp"

namespace yolofleet::command {

/// A picture of the inputs, and its file or the error of reading it.
struct ReadPicture {
  Entry entry;
  Result<EncodedImage> bytes;
};

/// How a file is read. Both are called from several threads at the same time.
struct FileReader {
  /// The size in bytes, 0 if it can't be told. Nothing if the file isn't a regular one: a pipe.
  std::function<std::optional<std::size_t>(const Entry&)> size;
  std::function<Result<EncodedImage>(const Entry&)> read;
};

/// Reads from the disk: `read_file`.
FileReader file_reader(int stop_descriptor);

/// Bounds of reading ahead.
struct ReadAheadLimits {
  /// With 32 files at a time a disk that takes 20 ms for each gives 1,600 a second.
  std::size_t threads = 32;
  std::size_t files = 1024;                    ///< being read, or read and not yet taken
  std::size_t bytes = std::size_t{64} << 20U;  ///< in these files; one is always read
};

/// Reads the pictures of the inputs ahead, several at the same time, and gives them in the order of
/// the inputs. It begins with one thread. While `next` waits for a fifth of the time or more, the
/// number of threads doubles, so there are as many as the latency of the disk needs. A file that
/// isn't a regular one, such as a pipe, is opened only when all files before it were taken.
class ReadAhead {
 public:
  /// `stopped` tells whether to give up; it may become true at any time. `inputs` must outlive this
  /// object.
  ReadAhead(Inputs& inputs, FileReader reader, std::function<bool()> stopped,
            const ReadAheadLimits& limits = {});
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  /// Waits for the files being read, at most half a second: a file that hangs is left to its
  /// thread.
  ~ReadAhead();

  /// The next picture; blocks until it is read. Nothing at the end of the inputs, and soon after
  /// `stopped`. Throws what `inputs` or the reader threw. One thread at a time may call it.
  std::optional<ReadPicture> next();

  /// Whether `next` has given all pictures.
  bool ended() const;

  /// The number of threads that were started.
  std::size_t threads() const noexcept { return threads_.size(); }

 private:
  struct State;
  /// A stretch of time, and how long `next` has waited in it.
  struct Stretch {
    std::chrono::steady_clock::time_point begin{};
    std::chrono::steady_clock::duration waited{};
  };

  /// Waits until there is something for `next`, or until it is to stop.
  void wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& is_there);
  void start_thread();
  void start_as_many_again();

  Inputs& inputs_;
  const std::function<bool()> stopped_;
  std::shared_ptr<State> state_;  // a thread whose file hangs may outlive this object
  std::vector<std::thread> threads_;
  Stretch stretch_;
};

}  // namespace yolofleet::command
