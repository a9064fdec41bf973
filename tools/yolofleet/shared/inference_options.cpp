#include "shared/inference_options.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <cstdint>

#include "shared/device_options.hpp"
#include "shared/fail.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {

void add_inference_options(CLI::App& app, Options& options, ResizeArguments& resize) {
  constexpr std::int64_t kMostPixels = 9'000'000'000'000'000;
  const std::string group = "Detections";
  app.add_option("--confidence", options.confidence,
                 "confidence threshold, 0 to 1: only detections above it are kept")
      ->check(from_to(0, 1, "a number from 0 to 1"))
      ->type_name("P")
      ->capture_default_str()
      ->group(group);
  app.add_option("--nms", options.nms, "IoU threshold of non-maximum suppression, 0 to 1")
      ->check(from_to(0, 1, "a number from 0 to 1"))
      ->type_name("IOU")
      ->capture_default_str()
      ->group(group);
  add_max_detections_option(app, options, group);
  app.add_option(
         "--resize", resize.how,
         "how pictures become the network's input: stretch, letterbox, or model (as the cfg "
         "says)")
      ->check(one_of({"model", "stretch", "letterbox"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--letterbox", resize.letterbox, "short for --resize letterbox")->group(group);
  app.add_option("--max-pixels", options.max_pixels,
                 "refuse pictures of more than N pixels (width x height)")
      ->check(whole_from_to(1, kMostPixels))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

Result<Resize> resize_of(const ResizeArguments& arguments) {
  if (arguments.letterbox && arguments.how == "stretch") {
    return fail(ErrorCode::kInvalidArgument,
                "--letterbox and --resize stretch can't be used together");
  }
  if (arguments.letterbox || arguments.how == "letterbox") {
    return Resize::kLetterbox;
  }
  return arguments.how == "stretch" ? Resize::kStretch : Resize::kModel;
}

const char* resize_word(Resize resize, bool model_letterbox) noexcept {
  return is_letterbox(resize, model_letterbox) ? "letterbox" : "stretch";
}

}  // namespace yolofleet::command
