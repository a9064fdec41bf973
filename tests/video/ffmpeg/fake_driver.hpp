#pragma once

// A driver without a GPU: the functions of libcuda.so.1 and libnvcuvid.so.1 that FFmpeg looks for.
// Its «device memory» is the host's. It decodes nothing: each frame is grey.

namespace yolofleet::video::ffmpeg {

/// The ways in which the driver's video decoder behaves.
enum class FakeDecoder {
  kWorks,
  kRefuses,     ///< says that it can't decode this kind of video
  kCantBeMade,  ///< says that it can, and fails when it is made
  kFails,       ///< takes no picture
  kGivesNone,   ///< takes pictures, but gives no frame
  kBreaks,      ///< works for the first kPicturesBeforeBreak pictures
};
inline constexpr int kPicturesBeforeBreak = 10;

/// Numbers of objects that the driver has made and that FFmpeg hasn't given back.
struct FakeDriverCounts {
  int decoders = 0;
  int mapped_frames = 0;
};

/// Of libnvcuvid.so.1: sets what decoders do that are made from now on.
using SetFakeDecoder = void(FakeDecoder decoder);
inline constexpr const char* kSetFakeDecoder = "yolofleet_set_fake_decoder";
using GetFakeDriverCounts = FakeDriverCounts();
inline constexpr const char* kGetFakeDriverCounts = "yolofleet_fake_driver_counts";

}  // namespace yolofleet::video::ffmpeg
