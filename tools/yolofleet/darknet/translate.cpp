#include "darknet/translate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "darknet/translator.hpp"
#include "darknet/words.hpp"
#include "input/video_name.hpp"
#include "shared/shell_words.hpp"
#include "shared/text.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

constexpr const char* kDrawn = "drawn";
constexpr const char* kLabels = "labels";
constexpr std::int64_t kLastCamera = 99;
constexpr double kLongestRun = 1e9;

/// Allows a part of 1.
CLI::Validator part() {
  return from_to(0, 1, "a number from 0 to 1");
}

/// The options that make detections, and those that print and write them.
void add_detect_options(Translator& to) {
  to.add_value("thresh", "--confidence", part());
  to.add_if("letter_box", {"--letterbox"});
  to.add_if("ext_output", {"--format", "darknet"});
  to.add_value("out", "--darknet-json", names_a("file"));
  to.add_devices();
}

/// The pictures after the model: Darknet takes one, and a list from standard input. A list that is
/// named becomes @LIST.
std::vector<std::string> pictures_of(Translator& to) {
  std::vector<std::string> pictures(to.pictures().begin(), to.pictures().end());
  for (std::string& picture : pictures) {
    if (names_a_list(picture)) {
      to.note(fmt::format("{} is taken for a list of pictures, which is written @{}", picture,
                          picture));
      picture.insert(0, 1, '@');
    }
  }
  if (pictures.empty()) {
    to.note("@- reads the names of the pictures from standard input, one a line");
    return {"@-"};
  }
  if (pictures.size() > 1) {
    to.note("Darknet takes the first picture only; here all of them are taken");
  }
  return pictures;
}

/// One picture, or the list that Darknet reads from standard input.
Translation test(Translator to) {
  to.add_model();
  const std::vector<std::string> pictures = pictures_of(to);
  for (const std::string& picture : pictures) {
    to.add({picture});
  }
  add_detect_options(to);
  if (to.use("save_labels")) {
    const bool one = pictures.size() == 1 && !pictures.front().starts_with('@');
    to.add({"--yolo", one ? label_folder_of(pictures.front()) : kLabels});
    if (!one) {
      to.note("Darknet writes a label file near each picture; --yolo writes all below one folder");
    }
  }
  return to.finish();
}

Translation map(Translator to) {
  to.add_model(true);
  to.add_value("thresh", "--map-confidence", part());
  to.add_value("iou_thresh", "--iou", part());
  to.add_value("points", "--points", one_of({"0", "11", "101"}));
  to.add_if("letter_box", {"--letterbox"});
  to.add_precision();
  to.add_devices();
  return to.finish();
}

Translation recall(Translator to) {
  to.add_model(true);
  to.add_precision();
  to.add_devices();
  to.note("eval prints precision and recall with mAP");
  return to.finish();
}

Translation valid(Translator to) {
  to.add_model(true);
  const auto list = to.model().data ? valid_list_of(*to.model().data) : std::nullopt;
  to.add({"@" + list.value_or("LIST"), "--confidence", "0.001", "--nms", "0.6"});
  to.add({"--coco", to.value("out", names_a("file")).value_or("coco_results") + ".json"});
  to.add_devices();
  if (!list) {
    to.note(fmt::format("{}LIST stands for the file that `valid` of the .data file names",
                        to.model().data ? *to.model().data + " can't be read; " : ""));
  }
  to.note("results are COCO's JSON, whatever `eval` of the .data file says");
  return to.finish();
}

/// The input of Darknet's demo: a file or an address, else the camera of -c, else the first one.
std::string video_of(Translator& to) {
  if (!to.pictures().empty()) {
    return to.pictures().front();
  }
  return "/dev/video" + to.value("c", whole_from_to(0, kLastCamera)).value_or("0");
}

Translation demo(Translator to) {
  const std::string video = video_of(to);
  to.add_model();
  to.add({video});
  add_detect_options(to);
  to.add_value("json_file_output", "--darknet-json", names_a("file"));
  to.add_value("mjpeg_port", "--view", port_to_serve());
  const bool written = to.use("out_filename").has_value();
  if (to.use("prefix") || written) {
    to.add({"--annotated", kDrawn});
  }
  if (is_stream_name(video)) {
    to.add_value("time_limit_sec", "--to", from_to(1, kLongestRun, "a number of seconds"));
  }
  if (written) {
    to.note("--annotated writes a video for each video, and a picture for each picture");
  }
  return to.finish();
}

Translation benchmark(Translator to) {
  to.use("benchmark");
  to.use("c");
  to.add_model();
  to.add_devices();
  to.note(
      "bench measures with made-up pictures, not with a video or a camera; pictures after the "
      "model take their place");
  return to.finish();
}

/// The counterpart of a function of `detector`.
struct Function {
  std::string_view name;
  const char* subcommand;
  Translation (*translate)(Translator);
  std::string_view why_not;  ///< if `translate` is null
};

constexpr std::array kFunctions{
    Function{"test", "detect", test, ""},
    Function{"map", "eval", map, ""},
    Function{"valid", "detect", valid, ""},
    Function{"recall", "eval", recall, ""},
    Function{"demo", "detect", demo, ""},
    Function{"train", "", nullptr,
             "yolofleet doesn't train; it runs the weights that Darknet has trained, and "
             "`yolofleet eval` measures their mAP"},
    Function{"calc_anchors", "", nullptr,
             "yolofleet doesn't compute anchors; `yolofleet inspect` shows those of a cfg"},
    Function{"draw", "", nullptr, "yolofleet doesn't paint over pictures"},
};

constexpr const char* kTakes = "test, map, valid, recall or demo can be translated";

/// `rest`: the words after "detector". Darknet's options may stand before the function.
Translation detector(const CLI::App& app, const std::string& program,
                     std::span<const std::string> rest) {
  const DarknetWords taken = darknet_words(rest, *app.get_subcommand("detect"));
  const std::string name = taken.names.empty() ? "" : taken.names.front();
  const std::string of = "detector" + (name.empty() ? "" : " " + name);
  const auto* const function =
      std::find_if(kFunctions.begin(), kFunctions.end(),
                   [&](const Function& each) { return each.name == name; });
  if (function == kFunctions.end()) {
    return {of, "", {kTakes}};
  }
  if (function->translate == nullptr) {
    return {of, "", {std::string(function->why_not)}};
  }
  std::vector<std::string> others(rest.begin(), rest.end());
  others.erase(std::find(others.begin(), others.end(), name));
  const bool measures = name == "demo" && taken.option("benchmark");
  Translation made = measures ? benchmark({app, program, "bench", others})
                              : function->translate({app, program, function->subcommand, others});
  made.of = of;
  return made;
}

}  // namespace

std::optional<Translation> translate_darknet(const CLI::App& app,
                                             std::span<const std::string> words) {
  if (words.size() > 1 && words[1] == "detector") {
    return detector(app, words.front(), words.subspan(2));
  }
  if (words.size() < 2 || words[1] != "detect") {
    return std::nullopt;
  }
  Translator translator(app, words.front(), "detect", words.subspan(2), false);
  const ModelWords& model = translator.model();
  if (!ends_in(model.cfg.value_or(""), ".cfg") ||
      !ends_in(model.weights.value_or(""), ".weights")) {
    return std::nullopt;
  }
  Translation made = test(std::move(translator));
  made.of = "detect CFG WEIGHTS";
  return made;
}

std::string translation_text(const Translation& translation) {
  std::string text = fmt::format("yolofleet: error: `{}` is Darknet's", printable(translation.of));
  auto note = translation.notes.begin();
  if (translation.command.empty()) {
    text += ": " + printable(*note++) + "\n";
  } else {
    text += "; the same here:\n  " + translation.command + "\n";
  }
  for (; note != translation.notes.end(); ++note) {
    text += fmt::format("yolofleet: {}\n", printable(*note));
  }
  return text;
}

}  // namespace yolofleet::command
