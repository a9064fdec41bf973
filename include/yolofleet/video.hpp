#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/picture.hpp"

namespace yolofleet {

/// The most threads of a video's codec: about FFmpeg's own limit.
inline constexpr int kMaxVideoThreads = 64;

/// How a video is read.
struct VideoOptions {
  /// Skips the frames before this time, in seconds from the start. A live source can't skip: 0.
  double from = 0;
  /// Ends before the first frame of this time or later, in seconds from the start; of a live
  /// source, from its first frame. 0: at the end.
  double to = 0;
  /// Threads of the codec, 1 to kMaxVideoThreads. 1: the thread that calls `next` decodes. More may
  /// notice damage in a file some frames later.
  int threads = 1;
  /// The longest wait for a source to answer, and for its next bytes; at least 1 ms.
  std::chrono::milliseconds timeout{10'000};
  /// As Options::max_pixels, for each frame.
  std::int64_t max_pixels = kDefaultMaxPixels;
  /// Memory for the frames. The heap, if it is null or has no room.
  std::shared_ptr<PixelMemory> memory{};
  /// The device that decodes, by its name in Options::devices: the video decoder (NVDEC) of a GPU,
  /// "cuda:0", or the CPU: empty, "cpu", or a device without one. What the decoder of a GPU can't
  /// decode, the CPU does. It decodes by libavcodec's hardware acceleration, and hides damage that
  /// the CPU's decoder would report.
  std::string device{};
  /// Has frames that a GPU has decoded copied to the host's memory.
  bool on_host = false;
};

/// Facts about a video, as its header gives them.
struct VideoInfo {
  std::string codec;      ///< FFmpeg's name: "h264", "hevc"
  int width = 0;          ///< of a frame as shown, in pixels
  int height = 0;         ///< as `width`
  double frame_rate = 0;  ///< frames a second, on average; 0: unknown
  double duration = 0;    ///< in seconds; 0: unknown
  bool live = false;      ///< a camera, or a stream whose length isn't known
  /// The device that decodes: "cpu", or VideoOptions::device. Known from the first frame on;
  /// before, the device that will be tried first.
  std::string device = "cpu";
};

/// A frame of a video.
struct VideoFrame {
  /// Planes with the matrix, range and orientation that the video names. If a GPU has decoded them:
  /// a DeviceImage of planes, without work to wait for, which owns its memory; or Planes if
  /// VideoOptions::on_host is set, or the GPU's memory for frames is full. That is up to 2 GiB, at
  /// most a quarter of what is free when the first video is opened; all videos of the GPU share it.
  /// The memory gets another frame once the last copy of the picture is dropped: drop it only after
  /// GPU work of your own on it is done.
  Picture picture;
  std::uint64_t number = 0;  ///< from 0, among the frames that `next` gives
  /// Its time stamp, from the start of the video, or from the first frame of a live source. Never
  /// falls back: where two files were put together, and a time stamp falls back, it goes on with
  /// the time of the frame before and the duration of a frame. If a live source has no time stamps,
  /// the time of arrival.
  double seconds = 0;
  /// When its encoded bytes had been read.
  std::chrono::steady_clock::time_point read_at;
};

/// Reads the frames of a video file, a stream or a camera with FFmpeg's libraries, by a module that
/// the first call loads. It silences FFmpeg's log in the whole process. Thread safety: one thread
/// at a time, but `interrupt` may be called from any. With a GPU in VideoOptions::device, `open`,
/// `next` and the destructor make it the thread's current CUDA device.
class YOLOFLEET_API VideoReader {
 public:
  /// Opens a source: a file, an address ("rtsp://", "rtsps://", "rtmp://", "rtmps://", "http://",
  /// "https://", "udp://", "srt://", "tcp://", "rtp://") or a camera ("/dev/video0"). RTSP comes by
  /// TCP. Only the protocols that the kind of source needs are allowed: nothing from the network
  /// can name a local file, and a local file can name no other at all. Messages leave out the
  /// password of an address. Errors: kNotFound (no such file; the module or FFmpeg's libraries are
  /// missing, and the message names the package; no such device), kIo (it doesn't answer in
  /// VideoOptions::timeout, or refuses), kMalformed (not a video), kUnsupported (no video stream,
  /// unknown codec or protocol, a local playlist, not a regular file), kTooLarge, kInvalidArgument
  /// (options; a live source with `from`), kDevice (the GPU fails).
  static Result<std::unique_ptr<VideoReader>> open(const std::string& source,
                                                   const VideoOptions& options = {});

  VideoReader() = default;
  VideoReader(const VideoReader&) = delete;
  VideoReader& operator=(const VideoReader&) = delete;
  virtual ~VideoReader() = default;

  virtual const VideoInfo& info() const noexcept = 0;

  /// The next frame, in the order in which frames are shown; nothing after the last one. Blocks
  /// until it is decoded. A file that is cut off or damaged gives its whole frames up to there, and
  /// then an error; in AVI, GIF and MPEG-TS some damage shows only as missing frames. A live source
  /// leaves damaged frames out, and ends when its server closes it. Errors end the video, and later
  /// calls return them again: kIo (the source broke off or is silent), kMalformed (the file is cut
  /// off or damaged), kTooLarge (a frame), kUnsupported (encrypted; colours of another kind than
  /// BT.601, BT.709 and BT.2020), kCancelled (`interrupt`), kDevice (the GPU fails).
  virtual Result<std::optional<VideoFrame>> next() = 0;

  /// Makes the call of `next` that waits for the source, and all later ones, return kCancelled.
  virtual void interrupt() noexcept = 0;
};

/// Writes pictures as a video, with FFmpeg's libraries. Thread safety: one thread at a time.
class YOLOFLEET_API VideoWriter {
 public:
  /// `file` ends in .mp4, .mkv or .avi. It is written as FILE.partial until `finish`. All frames
  /// have the size `width` x `height`, each 1 to 16,384; an odd size is padded by a column or row.
  /// `frame_rate` is over 0 and at most 1000; AVI has it between all frames, the others have each
  /// frame's own time. H.264 if FFmpeg has an encoder of it, else MPEG-4; the thread that calls
  /// `write` encodes. Errors: kIo, kNotFound (as VideoReader::open), kUnsupported (no encoder),
  /// kInvalidArgument (ending, size, rate).
  static Result<std::unique_ptr<VideoWriter>> open(const std::filesystem::path& file, int width,
                                                   int height, double frame_rate);

  VideoWriter() = default;
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;
  /// Without `finish`: removes FILE.partial.
  virtual ~VideoWriter() = default;

  /// Appends a frame with a time stamp in seconds: from 0 to 1e6, and greater than that of the
  /// frame before. Errors: kIo (the disk is full; it ends the video), kInvalidArgument (another
  /// size, an earlier time).
  virtual Result<void> write(const ImageView& frame, double seconds) = 0;

  /// Writes the end of the file and gives it its name. Errors: kIo.
  virtual Result<void> finish() = 0;
};

}  // namespace yolofleet
