#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "yolofleet/error.hpp"
#include "yolofleet/export.hpp"
#include "yolofleet/model.hpp"
#include "yolofleet/options.hpp"
#include "yolofleet/picture.hpp"
#include "yolofleet/report.hpp"

namespace yolofleet {

/// Runs a model on the devices of this machine.
///
/// There are two ways to use it. `detect` takes some pictures and returns when all have their
/// results. `submit` and `next` are for a stream of pictures: one thread submits them, another
/// takes the results, in the order of submission unless Options::ordered is false. A picture that
/// fails gives a result with its error; the others go on.
///
/// Thread safety: all members but `detect`, the move operations and the destructor may be called
/// from any number of threads at the same time. The destructor drops pictures that no device has
/// started, waits for the others, and discards all results.
class YOLOFLEET_API Detector {
 public:
  /// Opens the devices, all at the same time. This may take seconds, or minutes if the engine of a
  /// GPU has to be built (Options::on_build reports its progress; `build_engines` builds engines
  /// ahead). If several devices fail, the error is that of the first in their order. With
  /// OnDeviceError::kContinue a failed device is only a warning while another is left.
  /// Errors: kInvalidArgument (an option is out of its range, or the model has no weights),
  /// kNotFound (no such device or module), kUnsupported (the device can't run the model or compute
  /// in the precision), kMismatch (the CPU module belongs to another build), kTooLarge (no memory
  /// on the device, or more than TensorRT allows for batches of this size), kDevice.
  static Result<Detector> open(const Model& model, const Options& options = {});

  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  /// Detects in these pictures; blocks until all are done. Returns one result per picture, in the
  /// order of `images` even if Options::ordered is false. One thread at a time may call it, and not
  /// while pictures from `submit` are under way.
  /// Errors: kInvalidArgument (an image has no pixels, or a stride shorter than a row), kCancelled
  /// (after `finish`), kDevice (a device failed on a picture; no results are returned). Any other
  /// error of a picture is in its result.
  Result<std::vector<PictureResult>> detect(std::span<const ImageView> images);

  /// The number of pictures that may be under way: submitted, and their results not taken yet. It
  /// is fixed when the Detector is opened: twice the number of pictures that all devices hold at
  /// once, but at least 16.
  ///
  /// With N devices the capacity grows by 20 * (N - 1) times the pictures that the largest device
  /// holds, at most by 65536. A device can then be 20 times as slow as another without stalling it.
  /// The capacity doesn't grow with Options::keep_pixels, since these results would hold pixels: a
  /// slow device can then stall a fast one. Nor does it grow if Options::ordered is false, since
  /// then no result waits for its turn.
  std::size_t capacity() const noexcept;

  /// Submits a picture and returns its ticket, which is PictureResult::index of its result. Tickets
  /// count the pictures of this Detector from 0. `tag` may hold any value, such as a file name; the
  /// result has it as PictureResult::tag.
  ///
  /// Blocks while `capacity()` pictures are under way. A thread that both submits and takes results
  /// must therefore count them, or use `try_submit`. It also blocks while the number of
  /// unfinished pictures is at its limit: twice the pictures that the devices hold, at least 16. It
  /// resumes when a quarter has finished, without a call of `next`. While one caller waits, later
  /// callers wait too.
  ///
  /// Host memory is bounded, too: `submit` blocks while files that wait to be decoded take 128 MiB,
  /// or pixels take 512 MiB (or the size of `pixel_memory()`, if that is more). Pixels count until
  /// the picture is finished, and those of PictureResult::pixels until the result is taken. With
  /// Options::keep_pixels a thread that both submits and takes results must therefore use
  /// `try_submit`. Views don't count. A single picture is accepted however large it is. Errors:
  /// kInvalidArgument (no pixels, or a stride shorter than a row), kCancelled (after `finish`, also
  /// if that is called while this call blocks). Of a DeviceImage also kUnsupported (no device in
  /// use can read such memory), kInvalidArgument (its pointers aren't to memory of its device),
  /// kDevice.
  Result<std::uint64_t> submit(Picture picture, std::any tag = {});

  /// As `submit`, but where `submit` would block this returns nothing and leaves the picture
  /// unchanged, except for DeviceImage::submitted. The result has a copy of `tag`. Errors: as
  /// `submit`.
  Result<std::optional<std::uint64_t>> try_submit(Picture& picture, const std::any& tag = {});

  /// Submits an error in place of a picture that the caller couldn't read. Its result comes in
  /// order with the others and counts as a failure in the report. Blocks as `submit` does. Errors:
  /// kCancelled after `finish`.
  Result<std::uint64_t> submit_error(Error error, std::any tag = {});

  /// Declares that nothing more will be submitted: after the last result, `next` returns nothing.
  void finish();

  /// Takes the next result, in the order of submission or, if Options::ordered is false, as results
  /// become ready. Blocks until there is one. Returns nothing once `finish` was called and all
  /// results are taken.
  std::optional<PictureResult> next();

  /// Reports the work of the Detector and of each device so far. May be called at any time.
  FleetReport report() const;

  /// Page-locked memory, for `Image(width, height, format, memory)`: the GPUs in use read pixels
  /// directly from it. If GPUs are used, files are decoded into it. Its size is limited; images
  /// that don't fit are on the heap. Null if no GPU is used, or, with a warning, if the memory
  /// couldn't be allocated.
  std::shared_ptr<PixelMemory> pixel_memory() const noexcept;

  /// Warnings from opening the devices, one line each; may be empty.
  std::span<const std::string> warnings() const noexcept;
  /// The opened devices, each with its runtime and precision: "cpu: OpenVINO 2026.4.1, bf16, 2
  /// threads".
  std::span<const std::string> devices() const noexcept;
  /// The decoders of the devices: "cuda:0: JPEG files by nvJPEG 13.0.1, hardware", and for a device
  /// without one the reason, if there could be one.
  std::span<const std::string> decoders() const noexcept;

 private:
  struct State;
  explicit Detector(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace yolofleet
