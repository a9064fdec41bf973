#include "shared/inference_options.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

#include "shared/device_options.hpp"
#include "shared/fail.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {

void add_inference_options(CLI::App& app, Options& options, ResizeArguments& resize) {
  const std::string group = "What is done";
  app.add_option("--confidence", options.confidence, "keep detections over this confidence, 0 to 1")
      ->check(from_to(0, 1, "a number from 0 to 1"))
      ->type_name("P")
      ->capture_default_str()
      ->group(group);
  app.add_option("--nms", options.nms, "of two boxes that overlap by more, keep one; 0 to 1")
      ->check(from_to(0, 1, "a number from 0 to 1"))
      ->type_name("IOU")
      ->capture_default_str()
      ->group(group);
  add_max_detections(app, options, group);
  app.add_option("--resize", resize.how,
                 "pictures to the network's input: model (as the cfg says),\nstretch or letterbox")
      ->check(one_of({"model", "stretch", "letterbox"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--letterbox", resize.letterbox, "short for --resize letterbox")->group(group);
  app.add_option("--max-pixels", options.max_pixels, "refuse larger pictures (width x height)")
      ->check(from_to(1, 9e15, "a whole number of at least 1"))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

void add_threads(CLI::App& app, Options& options, const std::string& group) {
  app.add_option("--threads", options.threads, "of the CPU; 0: as many as it may use")
      ->check(from_to(0, 1024, "a whole number from 0 to 1024"))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

Result<Resize> resize_of(const ResizeArguments& arguments) {
  if (arguments.letterbox && arguments.how == "stretch") {
    return fail(ErrorCode::kInvalidArgument,
                "--letterbox and --resize stretch contradict each other");
  }
  if (arguments.letterbox || arguments.how == "letterbox") {
    return Resize::kLetterbox;
  }
  return arguments.how == "stretch" ? Resize::kStretch : Resize::kModel;
}

const char* resize_word(Resize resize, bool letterbox) noexcept {
  const bool boxed = resize == Resize::kLetterbox || (resize == Resize::kModel && letterbox);
  return boxed ? "letterbox" : "stretch";
}

}  // namespace yolofleet::command
