#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "input/read.hpp"
#include "input/source.hpp"
#include "shared/build_lines.hpp"
#include "shared/device_options.hpp"
#include "shared/exit_code.hpp"
#include "shared/inference_options.hpp"
#include "shared/json_output.hpp"
#include "shared/model_options.hpp"
#include "shared/output_options.hpp"
#include "shared/signals.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"
#include "shared/validators.hpp"
#include "verify/report.hpp"

namespace yolofleet::command {
namespace {

// {0}: the reference, "cpu in fp32"; {1}: the lines of the allowed differences.
constexpr const char* kVerifyFooter =
    R"(INPUT is the same as for detect. Without INPUT, made-up pictures are used. All devices get the same
decoded pixels, and each device resizes them itself, as in detect. The results of each device are
compared with those of the reference, {0}. The reference is also listed as a device: that row
compares a second run with the first.

A detection of the device and one of the reference are a pair if they have the same class and lie
within a tenth of the picture. Detections above --confidence are compared:
  matched     pairs
  missing     detections of the reference that are in no pair
  extra       detections of the device that are in no pair
  beyond      pairs that differ by more than is allowed, and detections that are in no pair, unless
              their confidence is within the allowed difference of --confidence
  confidence  the largest difference of confidence in a pair
  box         the largest difference of centre or size in a pair, as a part of the picture's size
  heads       max|a - b| / max|b| of the inputs of the YOLO heads, in the first 4 pictures

Allowed:    confidence   box    heads   detections beyond
{1}
Exit codes:
  0         all differences are within what is allowed
  1         a difference is larger, nothing could be compared, or a picture can't be read
  2         wrong use, a model that can't be loaded or is too large for a device, no readable
            picture, or a FILE that can't be written
  3         a device failed
  130, 143  stopped by SIGINT or SIGTERM; nothing is written
  141       the reader of standard output has closed it

Examples:
  yolofleet verify yolov4-tiny photos
  yolofleet verify yolov4 photos --devices cuda:0 --precision fp32,fp16 --heads --json verify.json)";

/// The lines of the footer's table, each with its line feed.
std::string allowed_table() {
  std::string text;
  for (const Precision precision :
       {Precision::kFp32, Precision::kTf32, Precision::kFp16, Precision::kBf16}) {
    const AllowedDifference allowed = allowed_difference(precision);
    const std::string beyond =
        allowed.beyond_part > 0 ? fmt::format("{:g} %, at least one where there are {} or more",
                                              allowed.beyond_part * 100, AllowedDifference::kEnough)
                                : "none";
    text += fmt::format("  {:<10}{:<13}{:<7}{:<8}{}\n", precision_word(precision),
                        allowed.confidence, allowed.box, allowed.heads, beyond);
  }
  return text;
}

std::string reference_name() {
  const VerifyLane lane = reference_lane();
  return fmt::format("{} in {}", lane.device, lane.precision);
}

struct VerifyArguments {
  std::vector<std::string> positional;  ///< MODEL, then pictures
  ModelArguments model;
  DeviceArguments device;
  ResizeArguments resize;
  std::vector<std::string> precisions;
  std::size_t limit = 50;
  bool heads = false;
  std::string json;
};

/// Everything that is read and checked before a device is opened.
struct VerifyJob {
  Model model;
  Options options;
  std::vector<VerifyLane> lanes;
  VerifyPictures pictures;
};

/// Refuses a --json that would overwrite an input, including the pictures that --limit leaves out.
/// Leaves `inputs` at the first picture.
Result<void> check_apart(const VerifyArguments& arguments, Inputs& inputs) {
  std::vector<std::filesystem::path> read = files_of(arguments.model);
  for (const std::string& input : arguments.positional) {
    if (is_list(input)) {
      read.emplace_back(input.substr(1));
    }
  }
  if (std::error_code ignored; std::filesystem::exists(arguments.json, ignored)) {
    while (const auto entry = inputs.next()) {
      if (!entry->standard_input) {
        read.emplace_back(file_of(*entry));
      }
    }
    inputs.rewind();
  }
  return check_not_over("--json", arguments.json, read);
}

/// Checks before the work that --json can be written. The file is opened again when there is
/// something to write, so that nothing is left if the run is killed.
Result<void> check_json(const std::string& name) {
  std::error_code ignored;
  if (std::filesystem::exists(name, ignored) && !std::filesystem::is_regular_file(name, ignored)) {
    return {};  // the reader of a named pipe would see its end
  }
  if (const auto json = JsonOutput::open(name); !json) {
    return tl::unexpected(json.error());
  }
  return {};
}

/// The pictures of the inputs, or made-up ones.
Result<VerifyPictures> take_pictures(const VerifyArguments& arguments, const Model& model,
                                     const StopSignals& stop) {
  auto inputs = Inputs::open(arguments.positional, {{}, stop.descriptor()});
  if (!inputs) {
    return tl::unexpected(std::move(inputs).error());
  }
  if (auto apart = check_apart(arguments, *inputs); !apart) {
    return tl::unexpected(std::move(apart).error());
  }
  if (auto possible = check_json(arguments.json); !possible) {
    return tl::unexpected(std::move(possible).error());
  }
  if (arguments.positional.empty()) {
    return make_up_pictures(model.input_size());
  }
  return read_pictures(*inputs,
                       {arguments.limit, arguments.device.options.max_pixels, stop.descriptor()});
}

Result<VerifyJob> prepare(VerifyArguments& arguments, const StopSignals& stop) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return tl::unexpected(std::move(named).error());
  }
  Options options = to_options(arguments.device);
  const auto resize = resize_of(arguments.resize);
  if (!resize) {
    return tl::unexpected(resize.error());
  }
  options.resize = *resize;
  auto model = load_model(arguments.model);
  if (!model) {
    return tl::unexpected(std::move(model).error());
  }
  say_warnings(model->warnings());
  auto lanes = devices_of(options).and_then([&](const std::vector<ChosenDevice>& devices) {
    return lanes_to_verify(devices, arguments.precisions);
  });
  if (!lanes) {
    return tl::unexpected(std::move(lanes).error());
  }
  auto pictures = take_pictures(arguments, *model, stop);
  if (!pictures) {
    return tl::unexpected(std::move(pictures).error());
  }
  return VerifyJob{*std::move(model), std::move(options), *std::move(lanes), *std::move(pictures)};
}

void print_warnings(const VerifyJob& job) {
  say_warnings(job.pictures.failed);
  say_warnings(job.pictures.skipped);
  std::vector<std::string> left_out;
  for (const DeviceInfo& device : list_devices()) {
    if (job.options.devices == "all" && !device.unavailable.empty()) {
      left_out.push_back(fmt::format("{} is left out: {}", device.id, device.unavailable));
    }
  }
  say_warnings(left_out);
}

int exit_code_of(const VerifyReport& report) {
  int exit_code = report.pictures.failed.empty() ? kAllWell : kSomePicturesFailed;
  for (const VerifyResult& result : report.results) {
    if (result.error) {
      exit_code = std::max<int>(
          exit_code, result.error->code == ErrorCode::kDevice ? kDeviceFailed : kWrongUse);
    } else if (result.verdict != Verdict::kWithin) {
      exit_code = std::max<int>(exit_code, kSomePicturesFailed);
    }
  }
  return exit_code;
}

/// The exit code of a run that ends with an error; the signal's exit code if a signal stopped the
/// run.
int exit_code_of(const Error& error, const StopSignals& stop) {
  const bool stopped = error.code == ErrorCode::kCancelled && stop.received() != 0;
  const int exit_code = report_error(error);
  return stopped ? kSignalBase + stop.received() : exit_code;
}

int write(const std::string& json_file, const VerifyReport& report) {
  auto json = JsonOutput::open(json_file);
  if (!json) {
    return report_error(json.error());
  }
  const int written = write_json_and_table(*json, verify_json(report), verify_table(report));
  return written == kAllWell ? exit_code_of(report) : written;
}

int verify(const VerifyArguments& arguments, VerifyJob& job, const StopSignals& stop) {
  print_warnings(job);
  BuildLines building{::isatty(STDERR_FILENO) != 0};
  job.options.on_build = building.on_build();
  const auto verifier = Verifier::open(job.model, job.pictures.pictures, job.options,
                                       [&stop] { return stop.stop_requested(); });
  if (!verifier) {
    return exit_code_of(verifier.error(), stop);
  }
  VerifyReport report{
      job.model, job.options, job.pictures, verifier->description(), verifier->detections(), {}};
  for (const VerifyLane& lane : job.lanes) {
    report.results.push_back(verifier->compare(lane, !lane.head_engine || arguments.heads));
    if (stop.stop_requested()) {
      return kSignalBase + stop.received();
    }
  }
  return write(arguments.json, report);
}

int verify(VerifyArguments& arguments) {
  const StopSignals stop(::isatty(STDERR_FILENO) != 0);
  auto job = prepare(arguments, stop);
  return job ? verify(arguments, *job, stop) : exit_code_of(job.error(), stop);
}

void add_own_options(CLI::App& app, VerifyArguments& arguments) {
  arguments.device.options.devices = "all";
  add_devices_option(app, arguments.device.options.devices, kWhichDevices);
  app.add_option("--precision", arguments.precisions,
                 "number types to compare, separated by commas: fp32; bf16 (CPU only); fp16, tf32 "
                 "(GPU only); default: all that a device has")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(one_of({"fp32", "bf16", "fp16", "tf32"}))
      ->type_name("LIST")
      ->group(kDeviceGroup);
  add_threads_option(app, arguments.device.options);
  const std::string group = "Comparison";
  app.add_flag("--heads", arguments.heads,
               "compare the inputs of the YOLO heads on GPUs, too. This builds one more engine for "
               "each precision. On the CPU they are always compared")
      ->group(group);
  app.add_option("--limit", arguments.limit, "use only the first N pictures, 1 to 10000")
      ->check(whole_from_to(1, 10'000))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  add_json_file_option(app, arguments.json);
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  CLI::App* const verify_app = app.add_subcommand(
      "verify",
      fmt::format("Compare the detections of each device and precision with {}", reference_name()));
  const auto arguments = std::make_shared<VerifyArguments>();
  verify_app->add_option("paths", arguments->positional)->group("");
  add_model_options(*verify_app, arguments->model);
  add_own_options(*verify_app, *arguments);
  add_inference_options(*verify_app, arguments->device.options, arguments->resize);
  add_engine_options(*verify_app, arguments->device);
  add_no_cache_option(*verify_app, arguments->device);
  verify_app->footer(kModelFooter + fmt::format(kVerifyFooter, reference_name(), allowed_table()));
  set_usage(*verify_app,
            "yolofleet verify [OPTIONS] MODEL [INPUT...]\n"
            "       yolofleet verify [OPTIONS] --cfg FILE --weights FILE [INPUT...]");
  verify_app->callback([arguments, &exit_code] { exit_code = verify(*arguments); });
}

}  // namespace yolofleet::command
