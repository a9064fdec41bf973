#pragma once

// FFmpeg's headers have no guards for C++.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/dict.h>
#include <libavutil/frame.h>
#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <new>

/// Owners of FFmpeg's objects.
namespace yolofleet::video::ffmpeg {

struct Release {
  void operator()(AVCodecContext* codec) const noexcept { avcodec_free_context(&codec); }
  void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
  void operator()(SwsContext* scaler) const noexcept { sws_freeContext(scaler); }
};

using CodecContext = std::unique_ptr<AVCodecContext, Release>;
using Frame = std::unique_ptr<AVFrame, Release>;
using Packet = std::unique_ptr<AVPacket, Release>;
using Scaler = std::unique_ptr<SwsContext, Release>;

/// FFmpeg's allocators return null when there is no memory.
template <typename T>
T* allocated(T* object) {
  if (object == nullptr) {
    throw std::bad_alloc();
  }
  return object;
}

inline Frame make_frame() {
  return Frame(allocated(av_frame_alloc()));
}
inline Packet make_packet() {
  return Packet(allocated(av_packet_alloc()));
}

/// Options by name, for the functions that open something.
class Dictionary {
 public:
  Dictionary() = default;
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  ~Dictionary() { av_dict_free(&entries_); }

  void set(const char* name, const char* value) { av_dict_set(&entries_, name, value, 0); }
  AVDictionary** get() noexcept { return &entries_; }

 private:
  AVDictionary* entries_ = nullptr;
};

}  // namespace yolofleet::video::ffmpeg
