#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "shared/habits.hpp"

namespace yolofleet::command {
namespace {

constexpr std::string_view kConfidence = "--confidence P";
constexpr std::string_view kNms = "--nms IOU";
constexpr std::string_view kInput =
    "an INPUT (pictures, folders, patterns, @LIST) follows MODEL without an option";
constexpr std::string_view kModel =
    "MODEL is the first argument without an option, or write --cfg FILE --weights FILE";
constexpr std::string_view kData = "a .data file is MODEL, the first argument without an option";
constexpr std::string_view kSize = "--input-size WxH";
constexpr std::string_view kDrawn = "--annotated DIR";
constexpr std::string_view kOutput = "--output FILE";
constexpr std::string_view kOutputs = "--output FILE, --yolo DIR or --annotated DIR";
constexpr std::string_view kNames = "--names FILE";
constexpr std::string_view kDevices = "--devices LIST";
constexpr std::string_view kCpu = "--devices cpu";
constexpr std::string_view kThreads = "--threads N";
constexpr std::string_view kMost = "--max-detections N";
constexpr std::string_view kVideo =
    "an INPUT (a video, an address or a camera such as /dev/video0) follows MODEL without an "
    "option";

// Ultralytics' and YOLOv5's programs, OpenCV's samples, Darknet's own Python scripts,
// tensorrt_demos.
constexpr std::array kHabits{
    Habit{"threshold", kConfidence},
    Habit{"thr", kConfidence},
    Habit{"conf", kConfidence},
    Habit{"conf-thres", kConfidence},
    Habit{"conf-thresh", kConfidence},
    Habit{"conf-threshold", kConfidence},
    Habit{"confidence-threshold", kConfidence},
    Habit{"score-thresh", kConfidence},
    Habit{"score-threshold", kConfidence},
    Habit{"iou", kNms},
    Habit{"iou-thres", kNms},
    Habit{"iou-threshold", kNms},
    Habit{"nms-thresh", kNms},
    Habit{"nms-threshold", kNms},
    Habit{"source", kInput},
    Habit{"input", kInput},
    Habit{"image", kInput},
    Habit{"images", kInput},
    Habit{"list", "a list is written @LIST, after MODEL"},
    Habit{"video", kVideo},
    Habit{"camera", kVideo},
    Habit{"webcam", kVideo},
    Habit{"stream", kVideo},
    Habit{"rtsp", kVideo},
    Habit{"usb", kVideo},
    Habit{"model", kModel},
    Habit{"data", kData},
    Habit{"data-file", kData},
    Habit{"config", "--cfg FILE"},
    Habit{"config-file", "--cfg FILE"},
    Habit{"labels", kNames},
    Habit{"classes-file", kNames},
    Habit{"class-file", kNames},
    Habit{"class-names", kNames},
    Habit{"names-file", kNames},
    Habit{"imgsz", kSize},
    Habit{"img", kSize},
    Habit{"img-size", kSize},
    Habit{"image-size", kSize},
    Habit{"size", kSize},
    Habit{"save-txt", "--yolo DIR"},
    Habit{"save-conf", "--yolo-confidence, with --yolo DIR"},
    Habit{"exist-ok", "--overwrite, with --yolo DIR"},
    Habit{"save-json", "--coco FILE"},
    Habit{"save", kDrawn},
    Habit{"view-img", kDrawn},
    Habit{"visualize", kDrawn},
    Habit{"visualise", kDrawn},
    Habit{"output-dir", kOutputs},
    Habit{"project", kOutputs},
    Habit{"name", kOutputs},
    Habit{"json", kOutput},
    Habit{"device", kDevices},
    Habit{"gpu", kDevices},
    Habit{"gpu-id", kDevices},
    Habit{"cpu", kCpu},
    Habit{"no-gpu", kCpu},
    Habit{"batch-size", "--batch N"},
    Habit{"workers", kThreads},
    Habit{"num-threads", kThreads},
    Habit{"jobs", kThreads},
    Habit{"half", "--precision fp16"},
    Habit{"fp16", "--precision fp16"},
    Habit{"fp32", "--precision fp32"},
    Habit{"bf16", "--precision bf16"},
    Habit{"vid-stride", "--every N"},
    Habit{"frame-skip", "--every N"},
    Habit{"max-det", kMost},
    Habit{"max-boxes", kMost},
    Habit{"topk", kMost},
    Habit{"silent", "--quiet"},
    Habit{"agnostic-nms", "leave it out (NMS compares boxes of the same class only)"},
    Habit{"augment", "leave it out (each picture is processed once)"},
    Habit{"help-all", "--help"},
    Habit{"?", "--help"},
};

constexpr std::string_view kDetectorsOnly = "yolofleet runs detectors only";

// Darknet's functions, and the subcommands of Ultralytics.
constexpr std::array kSubcommands{
    Habit{"predict", "detect"},
    Habit{"test", "detect"},
    Habit{"demo", "detect"},
    Habit{"val", "eval"},
    Habit{"valid", "eval"},
    Habit{"map", "eval"},
    Habit{"recall", "eval"},
    Habit{"benchmark", "bench"},
    Habit{"export", "build, or cache export"},
    Habit{"help", "--help"},
    Habit{"train", "yolofleet runs trained detectors and doesn't train"},
    Habit{"classifier", kDetectorsOnly},
    Habit{"classify", kDetectorsOnly},
};

}  // namespace

std::span<const Habit> habits() {
  return kHabits;
}

const Habit* find_habit(std::string_view word) {
  const auto* const found = std::find_if(kHabits.begin(), kHabits.end(),
                                         [&](const Habit& habit) { return habit.word == word; });
  return found == kHabits.end() ? nullptr : &*found;
}

std::string meant_subcommand(std::string_view word) {
  const auto* const found = std::find_if(kSubcommands.begin(), kSubcommands.end(),
                                         [&](const Habit& habit) { return habit.word == word; });
  if (found == kSubcommands.end()) {
    return "";
  }
  return found->ours.starts_with("yolofleet") ? std::string(found->ours)
                                              : fmt::format("did you mean {}?", found->ours);
}

}  // namespace yolofleet::command
