#include "darknet/translate.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "darknet/words.hpp"
#include "shared/darknet_options.hpp"
#include "shared/shell_words.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

constexpr const char* kFrameFolder = "frames";
constexpr const char* kDrawn = "drawn";
constexpr const char* kLabels = "labels";

bool ends_in(const std::string& name, const std::string& ending) {
  return name.size() > ending.size() &&
         ::strcasecmp(name.c_str() + name.size() - ending.size(), ending.c_str()) == 0;
}

/// Builds the command from the words, and keeps in mind which of Darknet's options it has used.
class Translator {
 public:
  /// `rest`: the words after Darknet's function.
  Translator(const CLI::App& app, const std::string& program, const std::string& subcommand,
             std::span<const std::string> rest)
      : words_(darknet_words(rest, *app.get_subcommand(subcommand))),
        command_{program, subcommand} {}

  const DarknetWords& words() const { return words_; }

  void add(std::initializer_list<std::string> words) {
    command_.insert(command_.end(), words.begin(), words.end());
  }
  void note(std::string text) { notes_.push_back(std::move(text)); }

  /// The files of the model: a .data file, unless the .cfg comes first. A file that wasn't given is
  /// a word in capitals.
  void add_model(std::size_t cfg_place = 1) {
    if (cfg_place > 0) {
      add({words_.name(0, "DATA")});
    }
    add({"--cfg", words_.name(cfg_place, "CFG")});
    add({"--weights", words_.name(cfg_place + 1, "WEIGHTS")});
    if (words_.names.size() < cfg_place + 2) {
      note("the words in capitals stand for files that weren't given");
    }
  }

  /// Adds `ours` with the value of Darknet's option, if that is given.
  void add_value(const std::string& darknet, const std::string& ours) {
    if (const auto value = use(darknet)) {
      add({ours, *value});
    }
  }
  /// Adds words if Darknet's option is given.
  void add_if(const std::string& darknet, std::initializer_list<std::string> words) {
    if (use(darknet)) {
      add(words);
    }
  }
  void add_devices() {
    if (use("nogpu")) {
      add({"--devices", "cpu"});
      return;
    }
    const auto several = use("gpus");
    const auto one = use("i");
    if (several || one) {
      add({"--devices", devices_here(several ? *several : *one)});
    }
  }
  std::optional<std::string> use(const std::string& darknet) {
    used_.insert(darknet);
    return words_.option(darknet);
  }

  Translation finish(const std::vector<std::string>& before = {}) {
    command_.insert(command_.end(), words_.ours.begin(), words_.ours.end());
    std::string line;
    for (const std::string& command : before) {
      line += command + " && ";
    }
    add_notes();
    return {"", line + shell_line(command_), std::move(notes_)};
  }
  Translation finish_without_command() { return {"", "", std::move(notes_)}; }

 private:
  /// A note for each option that isn't in the command.
  void add_notes() {
    for (const auto& [name, value] : words_.options) {
      if (used_.count(name) > 0) {
        continue;
      }
      const DarknetOption& option = *find_darknet_option(name);
      note(fmt::format(
          "-{} is left out: {}", name,
          option.ours.empty() ? std::string(option.note) : std::string("it has no effect here")));
    }
    for (const std::string& word : words_.unknown) {
      note(fmt::format("{} is left out: Darknet has no such option", word));
    }
  }

  DarknetWords words_;
  std::vector<std::string> command_;
  std::vector<std::string> notes_;
  std::set<std::string> used_;
};

/// The options that make detections, and those that print and write them.
void add_detect_options(Translator& to) {
  to.add_value("thresh", "--confidence");
  to.add_if("letter_box", {"--letterbox"});
  to.add_if("ext_output", {"--format", "darknet"});
  to.add_value("out", "--darknet-json");
  to.add_devices();
}

/// One picture, or the list that Darknet reads from standard input.
Translation test(Translator to, std::size_t cfg_place) {
  to.add_model(cfg_place);
  const std::string picture = to.words().name(cfg_place + 2, "@-");
  to.add({picture});
  add_detect_options(to);
  const bool labels = to.use("save_labels").has_value();
  if (labels) {
    to.add({"--yolo", picture == "@-" ? kLabels : label_folder_of(picture)});
  }
  if (picture == "@-") {
    to.note("@- reads the names of the pictures from standard input, one a line");
    if (labels) {
      to.note("Darknet writes a label file near each picture; --yolo writes all below one folder");
    }
  }
  return to.finish();
}

Translation map(Translator to) {
  to.add_model();
  to.add_value("thresh", "--map-confidence");
  to.add_value("iou_thresh", "--iou");
  to.add_value("points", "--points");
  to.add_if("letter_box", {"--letterbox"});
  to.add_devices();
  return to.finish();
}

Translation recall(Translator to) {
  to.add_model();
  to.add_devices();
  to.note("eval prints precision and recall with mAP");
  return to.finish();
}

Translation valid(Translator to) {
  const std::string data = to.words().name(0, "DATA");
  to.add_model();
  const auto list = valid_list_of(data);
  to.add({"@" + list.value_or("LIST"), "--confidence", "0.001", "--nms", "0.6"});
  to.add({"--coco", to.use("out").value_or("coco_results") + ".json"});
  to.add_devices();
  if (!list) {
    to.note(fmt::format("{} can't be read; LIST stands for the file that its `valid` names", data));
  }
  to.note("results are COCO's JSON, whatever `eval` of the .data file says");
  return to.finish();
}

Translation demo(Translator to) {
  const std::string video = to.words().name(3, "");
  if (to.use("c") || video.empty() || video.find("://") != std::string::npos) {
    to.note("cameras and streams aren't read yet");
    return to.finish_without_command();
  }
  to.add_model();
  to.add({kFrameFolder});
  add_detect_options(to);
  const auto json = to.use("json_file_output");
  if (json) {
    to.add({"--darknet-json", *json});
  }
  const bool written = to.use("out_filename").has_value();
  if (to.use("prefix") || written) {
    to.add({"--annotated", kDrawn});
  }
  to.note("videos aren't read yet: ffmpeg makes a picture of each frame");
  if (written) {
    to.note("videos aren't written yet: --annotated writes the pictures with their detections");
  }
  return to.finish({shell_line({"mkdir", "-p", kFrameFolder}),
                    shell_line({"ffmpeg", "-i", video, "-q:v", "2", "frames/%06d.jpg"})});
}

Translation benchmark(Translator to) {
  to.use("benchmark");
  to.add_model();
  to.add_devices();
  to.note("bench measures with made-up pictures; pictures after the model take their place");
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
    Function{"test", "detect", [](Translator to) { return test(std::move(to), 1); }, ""},
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

Translation detector(const CLI::App& app, std::span<const std::string> words) {
  const std::string name = words.size() > 2 ? words[2] : "";
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
  const auto rest = words.subspan(3);
  const bool measures =
      name == "demo" && std::find(rest.begin(), rest.end(), "-benchmark") != rest.end();
  Translation made = measures
                         ? benchmark({app, words.front(), "bench", rest})
                         : function->translate({app, words.front(), function->subcommand, rest});
  made.of = of;
  return made;
}

}  // namespace

std::optional<Translation> translate_darknet(const CLI::App& app,
                                             std::span<const std::string> words) {
  if (words.size() > 1 && words[1] == "detector") {
    return detector(app, words);
  }
  if (words.size() < 2 || words[1] != "detect") {
    return std::nullopt;
  }
  Translator translator(app, words.front(), "detect", words.subspan(2));
  const DarknetWords& taken = translator.words();
  if (!ends_in(taken.name(0, ""), ".cfg") || !ends_in(taken.name(1, ""), ".weights")) {
    return std::nullopt;
  }
  Translation made = test(std::move(translator), 0);
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
