#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "build_lines.hpp"
#include "device_options.hpp"
#include "exit_code.hpp"
#include "inference_options.hpp"
#include "json_output.hpp"
#include "model_options.hpp"
#include "subcommands.hpp"
#include "text.hpp"
#include "validators.hpp"
#include "verify_report.hpp"

namespace yolofleet::command {
namespace {

const char* const kFooter =
    R"(INPUT is as detect has it; without one, made-up pictures are taken. Each is decoded once, and every
device gets the same pixels and makes them the network's input itself, as detect does. The reference
is the CPU in FP32; «cpu fp32» in the table is it a second time. A detection over --confidence needs
a partner of its class within a tenth of the picture. «confidence» and «box» are the largest
differences of partners (box: of centre and size, as a part of the picture's), «heads» is
max|a - b| / max|b| of what the heads are given, in the first 4 pictures.

Allowed are, in           confidence   box    heads   detections beyond
  fp32                    0.005        0.002  0.001   none
  tf32                    0.02         0.01   0.01    5 % (of 5 or more: one)
  fp16                    0.03         0.01   0.02    5 %
  bf16                    0.1          0.05   0.25    5 %

Exit codes: 0 all within what is allowed; 1 something beyond it, nothing that could be compared, or
a picture that can't be read; 2 wrong use, or a model that can't be loaded; 3 a device failed.

Examples:
  yolofleet verify yolov4-tiny photos
  yolofleet verify yolov4 photos --devices cuda:0 --precision fp32,fp16 --heads --json verify.json)";

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
struct Job {
  Model model;
  Options options;
  std::vector<VerifyLane> lanes;
  VerifyPictures pictures;
  JsonOutput json;
};

Result<Job> prepare(VerifyArguments& arguments) {
  if (auto named = take_model(arguments.model, arguments.positional); !named) {
    return tl::unexpected(std::move(named).error());
  }
  Options options = take_words(arguments.device);
  const auto resize = resize_of(arguments.resize);
  if (!resize) {
    return tl::unexpected(resize.error());
  }
  options.resize = *resize;
  auto model = load_model(arguments.model);
  if (!model) {
    return tl::unexpected(std::move(model).error());
  }
  const std::vector<DeviceInfo> present = list_devices();
  auto lanes = lanes_to_verify(options.devices, arguments.precisions, present);
  if (!lanes) {
    Error error = std::move(lanes).error();
    if (const std::string why = why_no_gpu(); error.code == ErrorCode::kNotFound && !why.empty()) {
      error.message += "; no GPU: " + why;
    }
    return tl::unexpected(std::move(error));
  }
  auto pictures = arguments.positional.empty()
                      ? Result<VerifyPictures>(make_up_pictures(model->input_size()))
                      : read_pictures(arguments.positional, arguments.limit, options.max_pixels);
  if (!pictures) {
    return tl::unexpected(std::move(pictures).error());
  }
  std::vector<std::filesystem::path> read = files_of(arguments.model);
  for (const VerifyPicture& picture : pictures->pictures) {
    read.emplace_back(picture.name);
  }
  if (auto apart = check_not_over("--json", arguments.json, read); !apart) {
    return tl::unexpected(std::move(apart).error());
  }
  auto json = JsonOutput::open(arguments.json);
  if (!json) {
    return tl::unexpected(std::move(json).error());
  }
  return Job{*std::move(model), std::move(options), *std::move(lanes), *std::move(pictures),
             *std::move(json)};
}

void tell_beginning(const Job& job) {
  const auto warn = [](const std::string& text) {
    say(fmt::format("yolofleet: warning: {}\n", printable(text)));
  };
  for (const std::string& warning : job.model.warnings()) {
    warn(warning);
  }
  for (const std::string& failure : job.pictures.failed) {
    warn(failure);
  }
  for (const DeviceInfo& device : list_devices()) {
    if (job.options.devices == "all" && !device.unavailable.empty()) {
      warn(fmt::format("{} is left out: {}", device.id, device.unavailable));
    }
  }
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

int verify(VerifyArguments& arguments) {
  auto job = prepare(arguments);
  if (!job) {
    return report_error(job.error());
  }
  tell_beginning(*job);
  BuildLines building{::isatty(STDERR_FILENO) != 0};
  job->options.on_build = building.on_build();
  const auto verifier = Verifier::open(job->model, job->pictures.pictures, job->options);
  if (!verifier) {
    return report_error(verifier.error());
  }
  VerifyReport report{
      job->model, job->options, job->pictures, verifier->description(), verifier->detections(), {}};
  for (const VerifyLane& lane : job->lanes) {
    report.results.push_back(verifier->compare(lane, !lane.gpu || arguments.heads));
  }
  const int written = write_json_and_table(job->json, verify_json(report), verify_table(report));
  return written == kAllWell ? exit_code_of(report) : written;
}

void add_own_options(CLI::App& app, VerifyArguments& arguments) {
  const std::string runs_on = "What is compared";
  arguments.device.options.devices = "all";
  app.add_option("--devices", arguments.device.options.devices,
                 "all, auto (every GPU that can be used, else the CPU), or names with\ncommas "
                 "between: cuda:0,cpu; `yolofleet devices` lists them")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(runs_on);
  app.add_option("--precision", arguments.precisions,
                 "with commas between: fp32, bf16 (CPU), fp16, tf32 (GPU) (default:\nall that "
                 "each device has)")
      ->delimiter(',')
      ->check(one_of({"fp32", "bf16", "fp16", "tf32"}))
      ->type_name("LIST")
      ->group(runs_on);
  app.add_flag("--heads", arguments.heads,
               "on GPUs, too, what the heads are given, for which an engine more is\nbuilt for "
               "each precision (on the CPU it is always compared)")
      ->group(runs_on);
  app.add_option("--limit", arguments.limit, "of pictures, the first")
      ->check(from_to(1, 10'000, "a whole number from 1 to 10000"))
      ->type_name("N")
      ->capture_default_str()
      ->group(runs_on);
  add_threads(app, arguments.device.options, runs_on);
  app.add_option("--json", arguments.json, "also as JSON to FILE, or, as -, instead of the table")
      ->type_name("FILE")
      ->group("What is written");
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  CLI::App* const verify_app = app.add_subcommand(
      "verify", "Compare what each device and precision finds with the CPU in FP32");
  const auto arguments = std::make_shared<VerifyArguments>();
  verify_app->add_option("paths", arguments->positional)->group("");
  add_model_options(*verify_app, arguments->model);
  add_own_options(*verify_app, *arguments);
  add_inference_options(*verify_app, arguments->device.options, arguments->resize);
  add_engine_options(*verify_app, arguments->device);
  add_no_cache_option(*verify_app, arguments->device);
  verify_app->footer(kFooter);
  set_usage(*verify_app,
            "yolofleet verify [OPTIONS] MODEL [INPUT...]\n"
            "       yolofleet verify [OPTIONS] --cfg FILE --weights FILE [INPUT...]");
  verify_app->callback([arguments, &exit_code] { exit_code = verify(*arguments); });
}

}  // namespace yolofleet::command
