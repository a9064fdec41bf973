#include "detect/options.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

#include "detect/preflight.hpp"
#include "input/source.hpp"
#include "shared/fail.hpp"
#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

const char* const kUsage =
    "yolofleet detect [OPTIONS] MODEL INPUT...\n"
    "       yolofleet detect [OPTIONS] --cfg FILE --weights FILE [--names FILE] INPUT...";

const char* const kDetectFooter =
    R"(INPUT is one of:
  a picture (JPEG, PNG, WebP or BMP)
  a folder, whose pictures are read recursively and sorted by the bytes of the paths
  a quoted pattern such as '*.jpg' or '*.mp4', where ** stands for any number of folders
  a video file, an address of a stream (rtsp://, rtmp://, http://, https://, udp://, srt://, tcp://,
  rtp://) or a camera (/dev/video0)
  @LIST, a text file with one path or address per line, relative to the current folder (@-: standard
  input)
  -, a picture on standard input

Output is JSON Lines, one object per picture, in input order unless --unordered is given:
  {"index","image","width","height","detections":
    [{"class_id","label","confidence","box":[x,y,width,height]}, ...]}
  {"index","image","error":{"code","message"}} for a picture that failed
A frame of a video has "source", "frame" and "seconds" instead of "image". The frames of a video are
in order; those of several videos, and pictures, come mixed.
A box is in pixels of the picture as displayed; x and y are its left and top edges. Boxes aren't
clipped to the picture. Output files are written as FILE.partial and renamed at the end; a run that
was stopped leaves FILE.partial, which holds whole lines only.

With several devices, all first process the same made-up picture. If one of three or more gives
another result, it is reported and excluded. If two devices differ, the run ends.

Exit codes:
  0         success
  1         some pictures failed
  2         wrong use, a model that can't be loaded or is too large for a device, or an output that
            can't be written
  3         a device failed, in the run or in the self-test; with --on-device-error continue only if
            pictures were lost with it or no device passed the self-test
  130, 143  stopped by SIGINT or SIGTERM after the pictures in progress; a second signal, at least
            0.2 seconds later, ends the run at once
  141       the reader of standard output has closed it

Examples:
  yolofleet detect yolov4-tiny photo.jpg
  yolofleet detect yolov4-tiny photos --output found.jsonl --annotated drawn
  yolofleet detect yolov4-tiny clip.mp4 rtsp://10.0.0.1/s --annotated drawn
  yolofleet detect --cfg my.cfg --weights my.weights --names my.names @test.txt --coco results.json
  curl -s https://example.org/a.jpg | yolofleet detect yolov4-tiny - --table)";

void add_detect_device_options(CLI::App& app, DetectArguments& arguments) {
  add_devices_option(app, arguments.device.options.devices, kWhichDevices);
  add_precision_option(app, arguments.device);
  add_decode_options(app, arguments.device, true);
  add_threads_option(app, arguments.device.options);
  app.add_option("--max-wait", arguments.device.options.max_wait_ms,
                 "how long a picture waits at most, in milliseconds, for its batch to fill, 0 to "
                 "60000")
      ->check(from_to(0, 60'000, "a number from 0 to 60000"))
      ->type_name("MS")
      ->capture_default_str()
      ->group(kDeviceGroup);
  app.add_option("--on-device-error", arguments.on_device_error,
                 "when a device is missing, can't be opened or fails: fail ends the run, continue "
                 "gives its work to the other devices")
      ->check(one_of({"fail", "continue"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(kDeviceGroup);
  add_self_test_option(app, arguments.device);
  add_engine_options(app, arguments.device);
  add_no_cache_option(app, arguments.device);
}

void add_standard_output_options(CLI::App& app, DetectArguments& arguments) {
  OutputOptions& outputs = arguments.outputs;
  app.add_option(
         "-o,--output", outputs.output,
         "write JSON Lines to FILE, or to standard output with - (default: standard output, "
         "where a terminal gets a table instead)")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(kOutputGroup);
  app.add_option("--format", arguments.format,
                 "format of standard output: jsonl; table, for people; darknet, the text of "
                 "Darknet's detector test -ext_output; or auto: table on a terminal, else jsonl; "
                 "--output FILE gets JSON Lines with any of them")
      ->check(one_of({"auto", "jsonl", "table", "darknet"}))
      ->type_name("FORMAT")
      ->capture_default_str()
      ->group(kOutputGroup);
  app.add_flag("--table", outputs.table, "short for --format table")->group(kOutputGroup);
  app.add_flag("--unordered", arguments.unordered,
               "write results as they are ready; \"index\" is the picture's place in the input")
      ->group(kOutputGroup);
}

/// Files as Darknet's users have them.
void add_darknet_options(CLI::App& app, OutputOptions& outputs) {
  app.add_option("--darknet-json", outputs.darknet_json,
                 "write the file of Darknet's -out: a JSON list with an object for each picture")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(kOutputGroup);
  app.add_option("--yolo", outputs.yolo,
                 "write a label file (.txt) for each picture, a line 'class x y width height' for "
                 "each detection: centre and size relative to the picture, clipped to it")
      ->check(names_a("folder"))
      ->type_name("DIR")
      ->group(kOutputGroup);
  app.add_flag("--yolo-confidence", outputs.yolo_confidence,
               "add the confidence as a sixth column to the lines of --yolo; label files for "
               "training don't have it")
      ->group(kOutputGroup);
  app.add_flag("--overwrite", outputs.overwrite,
               "replace label files that the folder of --yolo already has; without it such a run "
               "is refused before it begins")
      ->group(kOutputGroup);
}

void add_file_options(CLI::App& app, OutputOptions& outputs) {
  app.add_option("--coco", outputs.coco,
                 "write COCO results: a JSON list, boxes clipped to the picture")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(kOutputGroup);
  app.add_option(
         "--coco-images", outputs.coco_images,
         "COCO annotation file that gives the image_id of each file name (default: the file "
         "name if it is a number, or the number after its last _; else the index)")
      ->check(names_a("file"))
      ->type_name("JSON")
      ->group(kOutputGroup);
  add_coco_classes_option(app, outputs.coco_classes,
                          "COCO's ids if the class names are COCO's 80, else the class's number "
                          "plus 1",
                          kOutputGroup);
  add_darknet_options(app, outputs);
  app.add_option(
         "--annotated", outputs.annotated,
         "write the pictures and videos with their detections drawn in (PNG stays PNG, other "
         "pictures become JPEG; .mkv and .avi stay, other videos become .mp4)")
      ->check(names_a("folder"))
      ->type_name("DIR")
      ->group(kOutputGroup);
  app.add_option(
         "--report", outputs.report,
         "write a JSON report of the run to FILE, or to standard output with -: the work of "
         "each device and stage, and the bottleneck")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(kOutputGroup);
}

void add_metrics_options(CLI::App& app, DetectArguments& arguments) {
  const std::string group = "Metrics";
  app.add_option(
         "--metrics-port", arguments.metrics_port,
         "serve metrics over HTTP while the run lasts: /metrics for Prometheus, and /healthz: "
         "200 \"ok\", or 503 once a device is lost or the run has failed; port 0 takes any "
         "free port and prints it")
      ->check(port_to_serve())
      ->type_name("N")
      ->group(group);
  app.add_option("--metrics-address", arguments.metrics_address,
                 "local address on which metrics are served (default: 127.0.0.1)")
      ->check(names_a("address"))
      ->type_name("ADDRESS")
      ->group(group);
}

}  // namespace

void add_detect_options(CLI::App& app, DetectArguments& arguments) {
  app.add_option("paths", arguments.inputs)->group("");  // the usage names them
  add_model_options(app, arguments.model);
  app.add_option(
         "--shard", arguments.shard,
         "take only every N-th picture of the inputs, from the I-th on (from 0), so that N runs "
         "share the work; their JSON Lines put together are those of a single run")
      ->check([](const std::string& text) {
        const auto shard = shard_of(text);
        return shard ? std::string() : shard.error().message;
      })
      ->type_name("I/N")
      ->capture_default_str()
      ->group("Input");
  add_video_options(app, arguments.video);
  add_inference_options(app, arguments.device.options, arguments.resize);
  app.add_option("--classes", arguments.classes,
                 "keep only the detections of these classes: names or numbers from 0, separated by "
                 "commas (default: all but those whose name begins with dont_show)")
      ->check(names_a("class"))
      ->type_name("LIST")
      ->group("Detections");
  add_detect_device_options(app, arguments);
  add_standard_output_options(app, arguments);
  add_file_options(app, arguments.outputs);
  app.add_flag("-v,--verbose", arguments.verbose,
               "also print the model, the devices, and the device of each picture")
      ->group(kMessageGroup);
  add_message_options(app, arguments.quiet, arguments.no_progress);
  add_metrics_options(app, arguments);
  app.footer(std::string(kModelFooter) + kDetectFooter);
  set_usage(app, kUsage);
}

Result<Options> library_options(const DetectArguments& arguments) {
  Options options = to_options(arguments.device);
  const auto resize = resize_of(arguments.resize);
  if (!resize) {
    return tl::unexpected(resize.error());
  }
  options.resize = *resize;
  if (arguments.quiet && arguments.verbose) {
    return fail(ErrorCode::kInvalidArgument, "--quiet and --verbose can't be used together");
  }
  if (!arguments.metrics_address.empty() && !arguments.metrics_port) {
    return fail(ErrorCode::kInvalidArgument, "--metrics-address needs --metrics-port N");
  }
  options.ordered = !arguments.unordered;
  options.on_device_error =
      arguments.on_device_error == "continue" ? OnDeviceError::kContinue : OnDeviceError::kFail;
  options.keep_pixels = !arguments.outputs.annotated.empty() || arguments.video.view;
  return options;
}

std::vector<std::filesystem::path> files_read(const DetectArguments& arguments) {
  std::vector<std::filesystem::path> read = files_of(arguments.model);
  read.push_back(arguments.outputs.coco_images);
  read.push_back(arguments.outputs.coco_classes);
  for (const std::string& input : arguments.inputs) {
    if (input.starts_with('@')) {
      read.emplace_back(input.substr(1));
    }
  }
  return read;
}

Result<void> check_sources(const DetectArguments& arguments) {
  for (const std::filesystem::path& file : files_read(arguments)) {
    if (auto apart = check_not_read(file, arguments.outputs); !apart) {
      return apart;
    }
  }
  return {};
}

}  // namespace yolofleet::command
