#include "video/ffmpeg/file_bytes.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace yolofleet::video::ffmpeg {
namespace {

#if LIBAVFORMAT_VERSION_MAJOR >= 61
using Written = const std::uint8_t;
#else
using Written = std::uint8_t;
#endif

int write_bytes(void* opaque, Written* bytes, int count) {
  const int descriptor = *static_cast<const int*>(opaque);
  int done = 0;
  while (done < count) {
    const ssize_t written =
        ::write(descriptor, bytes + done, static_cast<std::size_t>(count - done));
    if (written < 0 && errno != EINTR) {
      return AVERROR(errno);
    }
    done += written > 0 ? static_cast<int>(written) : 0;
  }
  return count;
}

std::int64_t seek_to(void* opaque, std::int64_t offset, int whence) {
  const int descriptor = *static_cast<const int*>(opaque);
  if (whence == AVSEEK_SIZE) {
    return AVERROR(ENOSYS);
  }
  const off_t place = ::lseek(descriptor, offset, whence & ~AVSEEK_FORCE);
  return place < 0 ? AVERROR(errno) : place;
}

}  // namespace

FileBytes::FileBytes(int descriptor) : descriptor_(descriptor) {
  constexpr int kBuffer = 1 << 16;
  auto* const buffer = static_cast<unsigned char*>(allocated(av_malloc(kBuffer)));
  context_ = avio_alloc_context(buffer, kBuffer, 1, &descriptor_, nullptr, write_bytes, seek_to);
  if (context_ == nullptr) {
    av_free(buffer);
    throw std::bad_alloc();
  }
}

FileBytes::~FileBytes() {
  av_freep(&context_->buffer);
  avio_context_free(&context_);
}

int FileBytes::error() noexcept {
  avio_flush(context_);
  return context_->error;
}

}  // namespace yolofleet::video::ffmpeg
