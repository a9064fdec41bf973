// libnvcuvid.so.1 of the driver without a GPU. The beginnings of the structures are those of
// NVIDIA's Video Codec SDK, cuviddec.h.

#include <array>
#include <atomic>
#include <cstddef>
#include <vector>

#include "video/ffmpeg/fake_driver.hpp"

namespace {

using yolofleet::video::ffmpeg::FakeDecoder;
using yolofleet::video::ffmpeg::FakeDriverCounts;
using yolofleet::video::ffmpeg::kPicturesBeforeBreak;

enum Status { kSuccess = 0, kUnknownError = 999 };

struct Capabilities {
  int codec;
  int chroma;
  unsigned depth_minus_8;
  std::array<unsigned, 3> reserved;
  unsigned char supported;
  unsigned char decoders;
  unsigned short formats;
  unsigned most_width;
  unsigned most_height;
  unsigned most_blocks;
  unsigned short least_width;
  unsigned short least_height;
};

struct Creation {
  unsigned long width;
  unsigned long height;
};

constexpr std::size_t kPitch = 4096;

struct Decoder {
  FakeDecoder kind;
  std::atomic<int> pictures;
  std::vector<unsigned char> frame;  // of every picture
};

std::atomic<FakeDecoder> kind_of_next = FakeDecoder::kWorks;
std::atomic<int> decoders = 0;
std::atomic<int> mapped = 0;

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are NVIDIA's
extern "C" {

void yolofleet_set_fake_decoder(FakeDecoder decoder);
void yolofleet_set_fake_decoder(FakeDecoder decoder) {
  kind_of_next = decoder;
}

FakeDriverCounts yolofleet_fake_driver_counts();
FakeDriverCounts yolofleet_fake_driver_counts() {
  return {decoders, mapped};
}

Status cuvidGetDecoderCaps(Capabilities* capabilities);
Status cuvidGetDecoderCaps(Capabilities* capabilities) {
  capabilities->supported = kind_of_next == FakeDecoder::kRefuses ? 0 : 1;
  capabilities->most_width = capabilities->most_height = kPitch / 2;
  capabilities->most_blocks = 1U << 20U;
  capabilities->least_width = capabilities->least_height = 16;
  return kSuccess;
}

Status cuvidCreateDecoder(void** decoder, const Creation* creation);
Status cuvidCreateDecoder(void** decoder, const Creation* creation) {
  if (kind_of_next == FakeDecoder::kCantBeMade) {
    return kUnknownError;
  }
  // Three planes of 16 bits at most.
  *decoder =
      new Decoder{kind_of_next, 0, std::vector<unsigned char>(3 * kPitch * creation->height, 128)};
  ++decoders;
  return kSuccess;
}

Status cuvidDestroyDecoder(void* decoder);
Status cuvidDestroyDecoder(void* decoder) {
  delete static_cast<Decoder*>(decoder);
  --decoders;
  return kSuccess;
}

Status cuvidDecodePicture(void* decoder, void* picture);
Status cuvidDecodePicture(void* decoder, void* /*picture*/) {
  auto& self = *static_cast<Decoder*>(decoder);
  const int number = self.pictures++;
  const bool fails = self.kind == FakeDecoder::kFails ||
                     (self.kind == FakeDecoder::kBreaks && number >= kPicturesBeforeBreak);
  return fails ? kUnknownError : kSuccess;
}

Status cuvidMapVideoFrame64(void* decoder, int picture, unsigned long long* memory, unsigned* pitch,
                            void* parameters);
Status cuvidMapVideoFrame64(void* decoder, int /*picture*/, unsigned long long* memory,
                            unsigned* pitch, void* /*parameters*/) {
  auto& self = *static_cast<Decoder*>(decoder);
  if (self.kind == FakeDecoder::kGivesNone) {
    return kUnknownError;
  }
  *memory = reinterpret_cast<unsigned long long>(self.frame.data());
  *pitch = kPitch;
  ++mapped;
  return kSuccess;
}

Status cuvidUnmapVideoFrame64(void* decoder, unsigned long long memory);
Status cuvidUnmapVideoFrame64(void* /*decoder*/, unsigned long long /*memory*/) {
  --mapped;
  return kSuccess;
}

#define DOES_NOTHING(name) \
  Status name();           \
  Status name() {          \
    return kSuccess;       \
  }

// FFmpeg looks for them and doesn't call them.
DOES_NOTHING(cuvidGetDecodeStatus)
DOES_NOTHING(cuvidReconfigureDecoder)
DOES_NOTHING(cuvidCtxLockCreate)
DOES_NOTHING(cuvidCtxLockDestroy)
DOES_NOTHING(cuvidCtxLock)
DOES_NOTHING(cuvidCtxUnlock)
DOES_NOTHING(cuvidCreateVideoSource)
DOES_NOTHING(cuvidCreateVideoSourceW)
DOES_NOTHING(cuvidDestroyVideoSource)
DOES_NOTHING(cuvidSetVideoSourceState)
DOES_NOTHING(cuvidGetVideoSourceState)
DOES_NOTHING(cuvidGetSourceVideoFormat)
DOES_NOTHING(cuvidGetSourceAudioFormat)
DOES_NOTHING(cuvidCreateVideoParser)
DOES_NOTHING(cuvidParseVideoData)
DOES_NOTHING(cuvidDestroyVideoParser)

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
