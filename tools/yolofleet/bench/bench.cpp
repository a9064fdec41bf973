#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bench/measure.hpp"
#include "bench/report.hpp"
#include "input/read.hpp"
#include "input/source.hpp"
#include "shared/build_lines.hpp"
#include "shared/device_options.hpp"
#include "shared/fail.hpp"
#include "shared/model_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"
#include "shared/validators.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kMostFiles = 1000;  // they are kept in memory
constexpr std::int64_t kMostFramePixels = 1 << 24;
constexpr const char* kFrameSize = "768x576";
constexpr std::array kParts{std::pair{"engine", BenchPart::kEngine},
                            std::pair{"lane", BenchPart::kLane},
                            std::pair{"fleet", BenchPart::kFleet}};

struct BenchArguments {
  std::vector<std::string> positional;  ///< MODEL, then pictures
  ModelArguments model;
  DeviceArguments device;
  std::string parts = "engine,lane,fleet";
  std::string batches;  ///< empty: --batch
  std::string slots;    ///< empty: the library's number
  std::optional<std::string> frames;
  double seconds = 5;
  int rounds = 3;
  bool json = false;
};

Result<BenchPictures> made_up_pictures(const std::string& frames) {
  BenchPictures pictures;
  const auto size = parse_input_size(frames);
  if (!size) {
    return fail(ErrorCode::kInvalidArgument,
                "--frames {}: isn't a width and a height in pixels, such as {}", frames,
                kFrameSize);
  }
  if (const auto pixels = std::int64_t{size->width} * size->height; pixels > kMostFramePixels) {
    return fail(ErrorCode::kTooLarge,
                "--frames {}: {} pixels; at most {} are allowed, as many frames are kept in memory",
                frames, pixels, kMostFramePixels);
  }
  pictures.width = size->width;
  pictures.height = size->height;
  return pictures;
}

Result<BenchPictures> read_pictures(const BenchArguments& arguments) {
  BenchPictures pictures;
  if (arguments.positional.empty()) {
    return made_up_pictures(arguments.frames.value_or(kFrameSize));
  }
  if (arguments.frames) {
    return fail(ErrorCode::kInvalidArgument,
                "--frames and an INPUT contradict each other; name one of them");
  }
  auto inputs = Inputs::open(arguments.positional);
  if (!inputs) {
    return tl::unexpected(std::move(inputs).error());
  }
  while (const auto entry = inputs->next()) {
    auto bytes = entry->error ? tl::unexpected(*entry->error) : read_file(entry->name, -1);
    if (!bytes) {
      return tl::unexpected(std::move(bytes).error());
    }
    pictures.files.push_back({entry->name, *std::move(bytes)});
    if (pictures.files.size() == kMostFiles) {
      break;
    }
  }
  if (pictures.files.empty()) {
    return fail(ErrorCode::kInvalidArgument, "{}",
                inputs->first_empty().value_or("no pictures to measure with"));
  }
  return pictures;
}

/// Something to be measured in each round.
struct Measurement {
  BenchPart part = BenchPart::kFleet;
  Options options;
};

/// All of one batch size and number of slots: engines and lanes of each device, and fleets of each
/// and of more and more of them.
std::vector<Measurement> measurements(const BenchArguments& arguments, Options options,
                                      const std::vector<std::string>& names) {
  std::vector<Measurement> all;
  const std::vector<std::string> parts = split_list(arguments.parts);
  for (const auto& [word, part] : kParts) {
    if (std::find(parts.begin(), parts.end(), word) == parts.end()) {
      continue;
    }
    for (const std::string& set : part == BenchPart::kFleet ? device_sets(names) : names) {
      options.devices = set;
      all.push_back({part, options});
    }
  }
  return all;
}

/// All of them in turn, as often as there are rounds.
Result<std::vector<BenchResult>> bench_all(const Model& model, const BenchArguments& arguments,
                                           const BenchPictures& pictures,
                                           const std::vector<Measurement>& all,
                                           BenchTeller& teller) {
  std::vector<std::vector<BenchResult>> rounds(all.size());
  for (int round = 0; round < arguments.rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& [part, options] = all[i];
      auto result = part == BenchPart::kFleet
                        ? bench_devices(model, options, pictures, arguments.seconds)
                        : bench_alone(model, options, pictures, arguments.seconds, part);
      if (!result) {
        return tl::unexpected(std::move(result).error());
      }
      teller.tell(*result);
      rounds[i].push_back(*std::move(result));
    }
  }
  std::vector<BenchResult> results;
  results.reserve(rounds.size());
  for (std::vector<BenchResult>& of_one : rounds) {
    results.push_back(median_of(std::move(of_one)));
  }
  return results;
}

/// Those of a list; only `otherwise` where there is none.
std::vector<int> numbers_or(const std::string& list, int otherwise) {
  if (list.empty()) {
    return {otherwise};
  }
  std::vector<int> numbers;
  for (const std::string& word : split_list(list)) {
    numbers.push_back(std::stoi(word));
  }
  return numbers;
}

/// The whole sweep over batches and slots.
Result<std::vector<BenchResult>> sweep(const Model& model, const BenchArguments& arguments,
                                       const BenchPictures& pictures, Options options) {
  // Which of them aren't here, or are there twice, is known before one is measured.
  const auto names = devices_of(options);
  if (!names) {
    return tl::unexpected(names.error());
  }
  std::vector<std::vector<Measurement>> steps;
  for (const int batch : numbers_or(arguments.batches, options.batch)) {
    for (const int slots : numbers_or(arguments.slots, options.slots)) {
      options.batch = batch;
      options.slots = slots;
      steps.push_back(measurements(arguments, options, *names));
    }
  }
  // Each step has as many.
  BenchTeller teller{steps.size() * steps.front().size() *
                     static_cast<std::size_t>(arguments.rounds)};
  std::vector<BenchResult> results;
  for (const std::vector<Measurement>& step : steps) {
    auto some = bench_all(model, arguments, pictures, step, teller);
    if (!some) {
      return some;
    }
    std::move(some->begin(), some->end(), std::back_inserter(results));
  }
  compare(results);
  return results;
}

int bench(BenchArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return report_error(named.error());
  }
  if (!arguments.batches.empty() && arguments.device.batch != "auto") {
    return report_error({ErrorCode::kInvalidArgument,
                         "--batch and --batches contradict each other; name one of them"});
  }
  const auto pictures = read_pictures(arguments);
  if (!pictures) {
    return report_error(pictures.error());
  }
  const auto model = load_model(arguments.model);
  if (!model) {
    return report_error(model.error());
  }
  for (const std::string& warning : model->warnings()) {
    say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
  }
  Options options = take_words(arguments.device);
  BuildLines lines{false};
  options.on_build = lines.on_build();
  const auto results = sweep(*model, arguments, *pictures, options);
  if (!results) {
    return report_error(results.error());
  }
  for (const std::string& warning : warnings_of(*results)) {
    say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
  }
  return print(arguments.json ? bench_json(*results, *model, *pictures) : bench_table(*results));
}

/// Which measurements, of what, for how long.
void add_measure_options(CLI::App& app, BenchArguments& arguments) {
  const std::string group = "What is measured";
  app.add_option("--parts", arguments.parts,
                 "engine (the network alone), lane (a device from pixels to\ndetections), fleet "
                 "(all of it)")
      ->check(list_of(one_of({"engine", "lane", "fleet"})))
      ->type_name("PART,PART")
      ->capture_default_str()
      ->group(group);
  app.add_option("--batches", arguments.batches, "several --batch sizes, one after the other")
      ->check(list_of(whole_from_to(1, 1024)))
      ->type_name("N,N")
      ->group(group);
  app.add_option("--slots", arguments.slots,
                 "batches that a GPU holds at once, several numbers one after the\nother")
      ->check(list_of(whole_from_to(1, 64)))
      ->type_name("N,N")
      ->default_str("5")
      ->group(group);
  app.add_option("--frames", arguments.frames, "size of the made-up frames")
      ->type_name("WxH")
      ->default_str(kFrameSize)
      ->group(group);
  app.add_option("--seconds", arguments.seconds, "of each measurement")
      ->check(from_to(0.01, 3600, "a number from 0.01 to 3600"))
      ->type_name("S")
      ->capture_default_str()
      ->group(group);
  app.add_option("--rounds", arguments.rounds, "of all measurements; the median counts")
      ->check(from_to(1, 99, "a whole number from 1 to 99"))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--json", arguments.json, "as JSON instead of a table")->group(group);
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* const bench_app =
      app.add_subcommand("bench", "Measure pictures a second, of each device and of all together");
  const auto arguments = std::make_shared<BenchArguments>();
  bench_app->add_option("paths", arguments->positional)->group("");
  add_model_options(*bench_app, arguments->model);
  add_device_options(*bench_app, arguments->device, kWhichDevices);
  add_self_test_option(*bench_app, arguments->device);
  add_engine_options(*bench_app, arguments->device);
  add_measure_options(*bench_app, *arguments);
  bench_app->footer(
      "Of each device its engine is measured (nothing but the network, over inputs that never\n"
      "change), then its lane (decoded pixels to detections), then it in a fleet, with queue and\n"
      "order; then fleets of the first two devices, the first three, and so on; all in turn.\n"
      "Without an INPUT, made-up frames are handed in as decoded pixels, which lie in page-locked\n"
      "memory where there is a GPU; with INPUT (as detect has it, at most 1000 files) the files\n"
      "are in memory, and a fleet decodes them each time. «of sum»: beside the sum of what the\n"
      "devices do alone; «of engine»: beside what their engines do. --json has the stages' times,\n"
      "too, and what a batch takes of the host; these and the batches are counted with the "
      "warming\n"
      "up. A lane takes the first 64 files. A terminal is told of each measurement on standard "
      "error.\n\n"
      "Exit codes: 0 all well; 2 wrong use, a model or picture that can't be read; 3 a device\n"
      "failed; 130 and 143 stopped by SIGINT or SIGTERM; 141 who reads the output is gone.\n\n"
      "Examples:\n"
      "  yolofleet bench yolov4 --batches 16,32 --slots 3,5\n"
      "  yolofleet bench yolov4 photos --devices cuda:0,cuda:1 --parts fleet --json");
  set_usage(*bench_app, "yolofleet bench [OPTIONS] MODEL [INPUT...]");
  bench_app->callback([arguments, &exit_code] { exit_code = bench(*arguments); });
}

}  // namespace yolofleet::command
