#include "shared/darknet_options.hpp"

#include <algorithm>
#include <array>

namespace yolofleet::command {
namespace {

constexpr bool kFlag = false;
constexpr bool kValue = true;

constexpr std::string_view kDevices = "--devices LIST";
constexpr std::string_view kDrawn = "--annotated DIR";
constexpr std::string_view kNoWindow = "no window is opened";
constexpr std::string_view kNoServer = "results aren't served over the network";
constexpr std::string_view kNoVideo = "videos and cameras aren't read yet";
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
    DarknetOption{"i", kValue, kDevices, "", "GPU 1 is cuda:1"},
    DarknetOption{"gpus", kValue, kDevices, "", "GPUs 0,1 are cuda:0,cuda:1"},
    DarknetOption{"nogpu", kFlag, "--devices cpu", "", ""},
    DarknetOption{"dont_show", kFlag, "", "", kNoWindow},
    DarknetOption{"show", kFlag, kDrawn, "", kNoWindow},
    DarknetOption{"show_imgs", kFlag, "", "", kNoTraining},
    DarknetOption{"fullscreen", kFlag, "", "", kNoWindow},
    DarknetOption{"benchmark", kFlag, "", "", "`yolofleet bench` measures the speed"},
    DarknetOption{"benchmark_layers", kFlag, "--report FILE", "", "it has the time of each stage"},
    DarknetOption{"prefix", kValue, kDrawn, "", ""},
    DarknetOption{"out_filename", kValue, kDrawn, "", "videos aren't written yet"},
    DarknetOption{"json_file_output", kValue, "--darknet-json FILE", "", ""},
    DarknetOption{"json_port", kValue, "--output -", "", kNoServer},
    DarknetOption{"mjpeg_port", kValue, kDrawn, "", kNoServer},
    DarknetOption{"http_post_host", kValue, "--output -", "", kNoServer},
    DarknetOption{"dontdraw_bbox", kFlag, "", "", "nothing is drawn without --annotated DIR"},
    DarknetOption{"c", kValue, "", "", kNoVideo},
    DarknetOption{"s", kValue, "", "", kNoVideo},
    DarknetOption{"fps", kValue, "", "", kNoVideo},
    DarknetOption{"avg", kValue, "", "", kNoVideo},
    DarknetOption{"avgframes", kValue, "", "", kNoVideo},
    DarknetOption{"time_limit_sec", kValue, "", "", kNoVideo},
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
  const auto* const found = std::find_if(kOptions.begin(), kOptions.end(),
                                         [&](const auto& option) { return option.name == name; });
  return found == kOptions.end() ? nullptr : &*found;
}

}  // namespace yolofleet::command
