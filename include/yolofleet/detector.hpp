#pragma once

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
/// Results come in the order of submission (unless Options::ordered says otherwise). A picture that
/// fails gives a result with its error; the others go on. Any number of threads may call any
/// members but the move operations and the destructor at the same time. Destroying a Detector drops
/// what was not started, waits for what was, and discards the results.
class YOLOFLEET_API Detector {
 public:
  /// Opens the devices, all at the same time, which may take seconds; minutes where a GPU's engine
  /// has to be built (Options::on_build tells of it, build_engines does it beforehand). Errors (of
  /// several, that of the first device in their order; what Options::on_device_error changes stands
  /// there): kInvalidArgument (an option is out of its range, or the model has no weights),
  /// kNotFound (no such device or module), kUnsupported, kTooLarge (no memory on the device, or
  /// more than TensorRT takes in batches of this size), kDevice.
  static Result<Detector> open(const Model& model, const Options& options = {});

  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  /// Looks at these pictures and gives one result for each, in their order whatever
  /// Options::ordered says. Blocks until all are done. Must not be mixed with `submit` and `next`,
  /// and one thread at a time may call it.
  /// Errors: kInvalidArgument (an image without pixels, or with a stride shorter than a row),
  /// kCancelled after `finish`, kDevice; any other error of a picture stands in its result.
  Result<std::vector<PictureResult>> detect(std::span<const ImageView> images);

  /// How many pictures may be under way: submitted, but their results not yet taken. Fixed when the
  /// Detector is opened: twice the pictures that all devices take at once, but 16 at least, which
  /// is also how many are ever unfinished; and with several devices room for results that wait for
  /// their turn, so that one 20 times slower than another doesn't hold that up: 20 times what the
  /// device that takes most takes at once, for each device but one, at most 65536. Such results
  /// hold detections alone. With Options::keep_pixels they would hold pixels: then there is no such
  /// room, and a slow device can hold up a fast one. Without Options::ordered none is needed.
  std::size_t capacity() const noexcept;

  /// Hands a picture in; blocks while `capacity()` pictures are under way, so a thread that both
  /// submits and takes results must keep to that number or use `try_submit`. Below it, it blocks
  /// while as many pictures as may be held at once are not finished, and then until there is room
  /// for a quarter of that many, which ends by itself. Who comes while others wait for that waits
  /// with them.
  /// Errors: kInvalidArgument (pixels that are none, or a stride shorter than a row); kCancelled
  /// after `finish`.
  Result<void> submit(Picture picture);

  /// As `submit`, but returns false, and leaves the picture alone, instead of blocking.
  Result<bool> try_submit(Picture& picture);

  /// Says that nothing more will be submitted: `next` ends after the last result.
  void finish();

  /// The next result, in order or as they come; blocks until it is there. Nothing after `finish`
  /// and the last result.
  std::optional<PictureResult> next();

  /// What was done so far, by which device; at any time.
  FleetReport report() const;

  /// Page-locked memory that the GPUs in use fetch pixels from without a copy in between, for
  /// `Image(width, height, format, memory)`; null without a GPU. Pictures that are handed in as
  /// files are decoded to it. Its room is limited; what doesn't fit lies on the heap.
  std::shared_ptr<PixelMemory> pixel_memory() const noexcept;

  /// What was accepted but deserves a look, one line each.
  std::span<const std::string> warnings() const noexcept;
  /// The devices that were opened with what they compute in: "cpu: OpenVINO 2026.4.1, bf16, 2
  /// threads".
  std::span<const std::string> devices() const noexcept;

 private:
  struct State;
  explicit Detector(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace yolofleet
