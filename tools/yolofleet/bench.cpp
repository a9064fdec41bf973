#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "bench_run.hpp"
#include "build_lines.hpp"
#include "device_options.hpp"
#include "fail.hpp"
#include "input/read.hpp"
#include "input/source.hpp"
#include "model_options.hpp"
#include "subcommands.hpp"
#include "text.hpp"
#include "validators.hpp"
#include "yolofleet/device.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kMostFiles = 1000;  // they are kept in memory

struct BenchArguments {
  std::vector<std::string> positional;  ///< MODEL, then pictures
  ModelArguments model;
  DeviceArguments device;
  std::vector<int> batches;
  std::string frames = "768x576";
  double seconds = 5;
  int rounds = 3;
  bool json = false;
};

Result<BenchPictures> read_pictures(const BenchArguments& arguments) {
  BenchPictures pictures;
  auto size = parse_input_size(arguments.frames);
  if (!size) {
    return fail(ErrorCode::kInvalidArgument,
                "--frames {}: isn't a width and a height in pixels, such as 768x576",
                arguments.frames);
  }
  pictures.width = size->width;
  pictures.height = size->height;
  if (arguments.positional.empty()) {
    return pictures;
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
    pictures.files.push_back(*std::move(bytes));
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

/// All sets in turn, as often as there are rounds, for one batch size.
Result<std::vector<BenchResult>> bench_sets(const Model& model, const BenchArguments& arguments,
                                            const BenchPictures& pictures, Options options) {
  const std::vector<std::string> names = named_devices(options.devices, list_devices());
  const std::vector<std::string> sets = device_sets(names);
  std::vector<std::vector<BenchResult>> rounds(sets.size());
  for (int round = 0; round < arguments.rounds; ++round) {
    for (std::size_t i = 0; i < sets.size(); ++i) {
      options.devices = sets[i];
      auto result = bench_devices(model, options, pictures, arguments.seconds);
      if (!result) {
        return tl::unexpected(std::move(result).error());
      }
      rounds[i].push_back(*std::move(result));
    }
  }
  std::vector<BenchResult> results;
  results.reserve(rounds.size());
  for (std::vector<BenchResult>& of_set : rounds) {
    results.push_back(median_of(std::move(of_set)));
  }
  compare_with_sum(results, names.size());
  return results;
}

nlohmann::ordered_json as_json(const BenchResult& result) {
  nlohmann::ordered_json devices = nlohmann::ordered_json::array();
  for (const DeviceReport& device : result.report.devices) {
    devices.push_back({{"device", device.device},
                       {"share", device.share},
                       {"mean_batch", device.mean_batch},
                       {"busy_seconds", device.busy_seconds},
                       {"queue_seconds", device.queue_seconds}});
  }
  return {{"devices", result.asked},
          {"descriptions", result.devices},
          {"batch", result.batch},
          {"pictures_per_second", result.per_second},
          {"of_sum", result.of_sum},
          {"seconds", result.report.seconds},
          {"decode_threads", result.report.decode_threads},
          {"decode_seconds", result.report.decode_seconds},
          {"each", devices}};
}

std::string json(const std::vector<BenchResult>& results, const Model& model,
                 const BenchPictures& pictures) {
  nlohmann::ordered_json runs = nlohmann::ordered_json::array();
  for (const BenchResult& result : results) {
    runs.push_back(as_json(result));
  }
  nlohmann::ordered_json all{
      {"model", model.name()},
      {"input", fmt::format("{}x{}", model.input_size().width, model.input_size().height)},
      {"pictures", pictures.files.empty()
                       ? fmt::format("frames of {}x{}", pictures.width, pictures.height)
                       : fmt::format("{} files", pictures.files.size())},
      {"runs", runs}};
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

int bench(BenchArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return report_error(named.error());
  }
  const auto pictures = read_pictures(arguments);
  if (!pictures) {
    return report_error(pictures.error());
  }
  const auto model = load_model(arguments.model);
  if (!model) {
    return report_error(model.error());
  }
  Options options = take_words(arguments.device);
  BuildLines lines{false};
  options.on_build = lines.on_build();
  if (arguments.batches.empty()) {
    arguments.batches.push_back(options.batch);
  }
  std::vector<BenchResult> results;
  for (const int batch : arguments.batches) {
    options.batch = batch;
    auto of_batch = bench_sets(*model, arguments, *pictures, options);
    if (!of_batch) {
      return report_error(of_batch.error());
    }
    std::move(of_batch->begin(), of_batch->end(), std::back_inserter(results));
  }
  for (const std::string& warning : warnings_of(results)) {
    say(fmt::format("yolofleet: warning: {}\n", printable(warning)));
  }
  return print(arguments.json ? json(results, *model, *pictures) : bench_table(results));
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* const bench_app =
      app.add_subcommand("bench", "Measure pictures a second, of each device and of all together");
  const auto arguments = std::make_shared<BenchArguments>();
  bench_app->add_option("paths", arguments->positional)->group("");
  add_model_options(*bench_app, arguments->model);
  add_device_options(*bench_app, arguments->device,
                     "auto (every GPU that can be used, else the CPU), all, or names with\n"
                     "commas between; `yolofleet devices` lists them");
  add_self_test_option(*bench_app, arguments->device);
  add_engine_options(*bench_app, arguments->device);
  const std::string group = "What is measured";
  bench_app
      ->add_option("--batches", arguments->batches, "several --batch sizes, one after the other")
      ->delimiter(',')
      ->check(from_to(1, 1024, "a whole number from 1 to 1024"))
      ->type_name("N,N")
      ->group(group);
  bench_app->add_option("--frames", arguments->frames, "size of the made-up frames")
      ->type_name("WxH")
      ->capture_default_str()
      ->group(group);
  bench_app->add_option("--seconds", arguments->seconds, "of each measurement")
      ->check(from_to(0.01, 3600, "a number from 0.01 to 3600"))
      ->type_name("S")
      ->capture_default_str()
      ->group(group);
  bench_app->add_option("--rounds", arguments->rounds, "of all measurements; the median counts")
      ->check(from_to(1, 99, "a whole number from 1 to 99"))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  bench_app->add_flag("--json", arguments->json, "as JSON instead of a table")->group(group);
  bench_app->footer(
      "Each device is measured alone, then the first two together, the first three, and so on, in\n"
      "turn. Without an INPUT, made-up frames are handed in as decoded pixels, which lie in\n"
      "page-locked memory where there is a GPU; with INPUT (as detect has it, at most 1000 files)\n"
      "the files are in memory and decoded each time. «of sum»: beside the sum of what the "
      "devices\n"
      "do alone.\n\n"
      "Examples:\n"
      "  yolofleet bench yolov4 --batches 16,32\n"
      "  yolofleet bench yolov4 photos --devices cuda:0,cuda:1 --json");
  set_usage(*bench_app, "yolofleet bench [OPTIONS] MODEL [INPUT...]");
  bench_app->callback([arguments, &exit_code] { exit_code = bench(*arguments); });
}

}  // namespace yolofleet::command
