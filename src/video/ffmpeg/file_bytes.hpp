#pragma once

#include <array>

#include "video/ffmpeg/handles.hpp"

namespace yolofleet::video::ffmpeg {

/// A file for FFmpeg's muxers to write, by a descriptor that the caller owns.
class FileBytes {
 public:
  explicit FileBytes(int descriptor);
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes();

  AVIOContext* context() noexcept { return context_; }
  /// FFmpeg's number of the first error; 0: none. Flushes.
  int error() noexcept;

 private:
  int descriptor_;
  AVIOContext* context_ = nullptr;
};

}  // namespace yolofleet::video::ffmpeg
