#include "shared/darknet_options.hpp"

#include <strings.h>

#include <algorithm>
#include <array>

namespace yolofleet::command {
namespace {

constexpr bool kFlag = false;
constexpr bool kValue = true;

constexpr std::string_view kDevicesHere = "--devices LIST";
constexpr std::string_view kDrawnHere = "--annotated DIR";
constexpr std::string_view kNoWindow = "no window is opened";
constexpr std::string_view kNoServer = "results aren't served over the network";
constexpr std::string_view kNoSkipping = "frames of files are never dropped";
constexpr std::string_view kNoAverage = "detections aren't averaged over frames";
constexpr std::string_view kNoTraining = "yolofleet doesn't train";

constexpr std::array kOptions{
    DarknetOption{"thresh", kValue, "--confidence P", "--map-confidence P", ""},
    DarknetOption{"iou_thresh", kValue, "--iou X", "--iou X",
                  "the threshold of non-maximum suppression is --nms IOU"},
    DarknetOption{"points", kValue, "--points 0|11|101", "", ""},
    DarknetOption{"map", kFlag, "", "", "`yolofleet eval` measures mAP"},
    DarknetOption{"hier", kValue, "", "", "trees of classes (YOLO9000) aren't supported"},
    DarknetOption{"ext_output", kFlag, "--format darknet", "", ""},
    DarknetOption{"out", kValue, "--darknet-json FILE", "", ""},
    DarknetOption{"save_labels", kFlag, "--yolo DIR", "", ""},
    DarknetOption{"letter_box", kFlag, "--letterbox", "", ""},
    DarknetOption{"i", kValue, kDevicesHere, "", "GPU 1 is cuda:1"},
    DarknetOption{"gpus", kValue, kDevicesHere, "", "GPUs 0,1 are cuda:0,cuda:1"},
    DarknetOption{"nogpu", kFlag, "--devices cpu", "", ""},
    DarknetOption{"dont_show", kFlag, "", "", kNoWindow},
    DarknetOption{"show", kFlag, kDrawnHere, "", kNoWindow},
    DarknetOption{"show_imgs", kFlag, "", "", kNoTraining},
    DarknetOption{"fullscreen", kFlag, "", "", kNoWindow},
    DarknetOption{"benchmark", kFlag, "", "", "`yolofleet bench` measures the speed"},
    DarknetOption{"benchmark_layers", kFlag, "--report FILE", "", "it has the time of each stage"},
    DarknetOption{"prefix", kValue, kDrawnHere, "", ""},
    DarknetOption{"out_filename", kValue, kDrawnHere, "", "it writes a video for each video"},
    DarknetOption{"json_file_output", kValue, "--darknet-json FILE", "", ""},
    DarknetOption{"json_port", kValue, "--output -", "", kNoServer},
    DarknetOption{"mjpeg_port", kValue, "--view PORT", "", "a page for browsers on this machine"},
    DarknetOption{"http_post_host", kValue, "--output -", "", kNoServer},
    DarknetOption{"dontdraw_bbox", kFlag, "", "", "nothing is drawn without --annotated DIR"},
    DarknetOption{"c", kValue, "", "", "a camera is an INPUT: /dev/video0 is camera 0"},
    DarknetOption{"s", kValue, "", "", kNoSkipping},
    DarknetOption{"fps", kValue, "", "", "--fps F takes at most F frames a second"},
    DarknetOption{"avg", kValue, "", "", kNoAverage},
    DarknetOption{"avgframes", kValue, "", "", kNoAverage},
    DarknetOption{"time_limit_sec", kValue, "", "", "--to TIME ends a video"},
    DarknetOption{"clear", kFlag, "", "", kNoTraining},
    DarknetOption{"chart", kValue, "", "", kNoTraining},
    DarknetOption{"mAP_epochs", kValue, "", "", kNoTraining},
    DarknetOption{"num_of_clusters", kValue, "", "", "yolofleet doesn't compute anchors"},
    DarknetOption{"width", kValue, "--input-size WxH", "", ""},
    DarknetOption{"height", kValue, "--input-size WxH", "", ""},
    DarknetOption{"cuda_debug_sync", kFlag, "", "", "errors of a GPU are always reported"},
};

}  // namespace

std::span<const DarknetOption> darknet_options() {
  return kOptions;
}

const DarknetOption* find_darknet_option(std::string_view name) {
  const auto* const found =
      std::find_if(kOptions.begin(), kOptions.end(), [&](const DarknetOption& option) {
        return option.name.size() == name.size() &&
               ::strncasecmp(option.name.data(), name.data(), name.size()) == 0;
      });
  return found == kOptions.end() ? nullptr : &*found;
}

}  // namespace yolofleet::command
