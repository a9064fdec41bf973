#include "detect/options.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

#include "detect/preflight.hpp"
#include "shared/fail.hpp"
#include "shared/subcommands.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

const char* const kUsage =
    "yolofleet detect [OPTIONS] MODEL INPUT...\n"
    "       yolofleet detect [OPTIONS] --cfg FILE --weights FILE [--names FILE] INPUT...";

const char* const kDetectFooter =
    R"(MODEL is a folder with one .cfg, one .weights and at most one .names.
INPUT is a picture (JPEG, PNG, WebP, BMP), a folder (read recursively, in the order of its paths'
bytes), a quoted pattern ('*.jpg'; ** stands for any folders), @LIST (a text file with a path a
line, relative to the current folder) or - (a picture on standard input; @- is a list there).

One JSON object a picture, in the order of the input unless --unordered:
  {"index","image","width","height","detections":
    [{"class_id","label","confidence","box":[x,y,width,height]}, ...]}
  {"index","image","error":{"code","message"}} for a picture that failed
box is in pixels of the picture as shown, x and y its left and top edge, and isn't clipped. Bytes of
a name that aren't UTF-8 stand as U+FFFD. FILE grows as FILE.partial and is renamed at the end; a
run that was stopped leaves FILE.partial, whole lines only.

A report says in "limited_by" what held the run up: reading, decoding, devices, writing (the last of
these that was at work for more than 90 % of the time, else what reading waited for) or none. Its
times are in seconds; "wait" is what reading waited for room, "decode" that of all decoding threads.
Where devices hold it up, "limited_by_stage" is the stage in which their batches spent most time.
A device's stages are summed over batches that run side by side, waiting for each other included;
"host" is what a GPU's two threads do on this side. The report's "efficiency" is from --calibrate;
of a run of a few seconds, with its beginning and end, it says little.

With several devices, each first looks at the same made-up picture. Of three or more, one that
finds something else than the rest is named and not used; of two, both are named and nothing is run.

Exit codes: 0 all well; 1 some pictures failed; 2 wrong use, a model that can't be loaded or is too
large for a device, or an output that can't be written; 3 a device failed, also in the self-test
(with --on-device-error continue only if pictures were lost with it or no device could be trusted);
130 and 143 stopped by SIGINT and SIGTERM (what is under way is finished first; a second signal,
0.2 seconds later or more, ends the run at once); 141 nobody reads standard output any more.

Examples:
  yolofleet detect yolov4-tiny photo.jpg
  yolofleet detect yolov4-tiny photos --output found.jsonl --annotated drawn
  yolofleet detect --cfg my.cfg --weights my.weights --names my.names @test.txt --coco results.json
  curl -s https://example.org/a.jpg | yolofleet detect yolov4-tiny - --table)";

void add_runs_on_options(CLI::App& app, DetectArguments& arguments) {
  const std::string group = kDeviceGroup;
  add_device_options(app, arguments.device, kWhichDevices);
  add_threads(app, arguments.device.options, group);
  app.add_option("--max-wait", arguments.device.options.max_wait_ms,
                 "how long a picture waits for others to make a batch with, in\nmilliseconds")
      ->check(from_to(0, 60'000, "a number from 0 to 60000"))
      ->type_name("MS")
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--on-device-error", arguments.on_device_error,
         "when a device isn't there, can't be opened or fails: fail, or\ncontinue (the others do "
         "its work)")
      ->check(one_of({"fail", "continue"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(group);
  add_self_test_option(app, arguments.device);
  add_engine_options(app, arguments.device);
  add_no_cache_option(app, arguments.device);
}

void add_output_options(CLI::App& app, DetectArguments& arguments) {
  OutputOptions& outputs = arguments.outputs;
  const std::string group = "What is written";
  app.add_option("-o,--output", outputs.output,
                 "JSON Lines to FILE, - for standard output (default: standard\noutput; a table if "
                 "that is a terminal)")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_option("--format", arguments.format,
                 "of standard output: jsonl, table (for people; --output FILE still\ngets JSON "
                 "Lines), or auto: as said above")
      ->check(one_of({"auto", "jsonl", "table"}))
      ->type_name("FORMAT")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--unordered", arguments.unordered,
               "results as they come; \"index\" says which picture of the input it is")
      ->group(group);
  app.add_flag("--table", outputs.table, "short for --format table")->group(group);
  app.add_option("--coco", outputs.coco, "COCO results: a JSON list, boxes clipped to the picture")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_option("--coco-images", outputs.coco_images,
                 "image_id by file name, from COCO annotations (else the number\nthat the file "
                 "name is, else the index)")
      ->check(names_a("file"))
      ->type_name("JSON")
      ->group(group);
  app.add_option("--coco-classes", outputs.coco_classes,
                 "category_id of each class, one a line (else COCO's if the names\nare COCO's 80, "
                 "else the class's number plus 1)")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_option("--yolo", outputs.yolo,
                 "a .txt a picture with 'class x y width height confidence' a\nline: centre and "
                 "size, relative to the picture and clipped to it")
      ->check(names_a("folder"))
      ->type_name("DIR")
      ->group(group);
  app.add_option("--annotated", outputs.annotated,
                 "the pictures with their detections drawn in (PNG stays PNG,\nthe rest becomes "
                 "JPEG)")
      ->check(names_a("folder"))
      ->type_name("DIR")
      ->group(group);
}

void add_message_options(CLI::App& app, DetectArguments& arguments) {
  const std::string group = "What is said (on standard error)";
  app.add_option("--report", arguments.outputs.report,
                 "what each device and each part of the run did, and what held it\nup, as JSON "
                 "to FILE or, as -, standard output")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--calibrate", arguments.calibrate,
               "first measure each device alone, for 3 s, with the first pictures,\nor made-up "
               "ones where none of the first 64 is a file that can be\ndecoded; what all do "
               "together beside the sum is the efficiency")
      ->group(group);
  app.add_flag("-v,--verbose", arguments.verbose,
               "also the model, the devices, and which of\nthem looked at each picture")
      ->group(group);
  app.add_flag("-q,--quiet", arguments.quiet, "only why a run ended")->group(group);
  app.add_flag("--no-progress", arguments.no_progress, "no progress bar on a terminal")
      ->group(group);
}

void add_metrics_options(CLI::App& app, DetectArguments& arguments) {
  const std::string group = "What others may ask while it runs";
  app.add_option("--metrics-port", arguments.metrics_port,
                 "answer over HTTP: /metrics is for Prometheus; /healthz says ok, or\n503 once a "
                 "device is lost or the run has failed; 0: any free port,\nwhich is said")
      ->check(from_to(0, 65'535, "a whole number from 0 to 65535"))
      ->type_name("N")
      ->group(group);
  app.add_option("--metrics-address", arguments.metrics_address,
                 "of this machine, to answer at (default: 127.0.0.1)")
      ->check(names_a("address"))
      ->type_name("ADDRESS")
      ->group(group);
}

}  // namespace

void add_detect_options(CLI::App& app, DetectArguments& arguments) {
  app.add_option("paths", arguments.inputs)->group("");  // the usage names them
  add_model_options(app, arguments.model);
  add_inference_options(app, arguments.device.options, arguments.resize);
  add_runs_on_options(app, arguments);
  add_output_options(app, arguments);
  add_message_options(app, arguments);
  add_metrics_options(app, arguments);
  app.footer(kDetectFooter);
  set_usage(app, kUsage);
}

Result<Options> library_options(const DetectArguments& arguments) {
  Options options = take_words(arguments.device);
  const auto resize = resize_of(arguments.resize);
  if (!resize) {
    return tl::unexpected(resize.error());
  }
  options.resize = *resize;
  if (arguments.quiet && arguments.verbose) {
    return fail(ErrorCode::kInvalidArgument, "--quiet and --verbose contradict each other");
  }
  if (!arguments.metrics_address.empty() && !arguments.metrics_port) {
    return fail(ErrorCode::kInvalidArgument,
                "--metrics-address means nothing without --metrics-port N");
  }
  options.ordered = !arguments.unordered;
  options.on_device_error =
      arguments.on_device_error == "continue" ? OnDeviceError::kContinue : OnDeviceError::kFail;
  options.keep_pixels = !arguments.outputs.annotated.empty();
  return options;
}

Result<void> check_sources(const DetectArguments& arguments) {
  std::vector<std::filesystem::path> read = files_of(arguments.model);
  read.push_back(arguments.outputs.coco_images);
  read.push_back(arguments.outputs.coco_classes);
  for (const std::string& input : arguments.inputs) {
    if (input.starts_with('@')) {
      read.emplace_back(input.substr(1));
    }
  }
  for (const std::filesystem::path& file : read) {
    if (auto apart = check_not_read(file, arguments.outputs); !apart) {
      return apart;
    }
  }
  return {};
}

}  // namespace yolofleet::command
