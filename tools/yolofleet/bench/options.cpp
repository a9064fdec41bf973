#include "bench/options.hpp"

#include <fmt/format.h>

#include "bench/measure.hpp"

#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

// {0}: the most files that are read; {1}: the most pictures of a lane.
constexpr const char* kBenchFooter =
    R"(For each device three parts are measured: its engine (the network alone, on inputs that never
change), its lane (decoded pixels to detections) and a fleet of that one device (with queue and
ordering). Then fleets of the first two devices, of the first three, and so on. Each round makes all
measurements once.

Without INPUT, made-up frames are passed in as decoded pixels, in page-locked memory if there is a
GPU. With INPUT (the same as for detect, at most {0} files) the files are held in memory. A fleet
decodes them anew each time. A lane gets the first {1} of them, decoded beforehand.

Columns:
  pixels     the pixels that the devices get: rgb or planes (--pixels)
  of sum     this speed divided by the sum of the speeds of its devices alone, in the same part
  of engine  this speed divided by the sum of the speeds of its devices' engines
  bytes      mean bytes of a picture that went over the bus to a GPU
--json also gives the times of the stages and the host time of a batch. These times and the number of
batches include the warm-up. A terminal gets one line for each measurement on standard error.

Exit codes:
  0         success
  2         wrong use, or a model or picture that can't be read
  3         a device failed
  130, 143  stopped by SIGINT or SIGTERM
  141       the reader of standard output has closed it

Examples:
  yolofleet bench yolov4 --batches 16,32 --slots 3,5
  yolofleet bench yolov4 photos --devices cuda:0,cuda:1 --parts fleet --json)";

void add_measure_options(CLI::App& app, BenchArguments& arguments) {
  const std::string group = "Measurements";
  app.add_option(
         "--parts", arguments.parts,
         "parts to measure, separated by commas: engine (the network alone), lane (a device "
         "from pixels to detections), fleet (everything)")
      ->check(list_of(one_of({"engine", "lane", "fleet"})))
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--batches", arguments.batches,
         "batch sizes to measure with, 1 to 1024, separated by commas: all measurements are "
         "made with each of them (default: that of --batch)")
      ->check(list_of(whole_from_to(1, 1024)))
      ->type_name("LIST")
      ->group(group);
  app.add_option(
         "--slots", arguments.slots,
         "numbers of batches that a GPU holds at once, to measure with, separated by commas, "
         "1 to 64")
      ->check(list_of(whole_from_to(1, 64)))
      ->type_name("LIST")
      ->default_str(std::to_string(kDefaultSlots))
      ->group(group);
  app.add_option("--frames", arguments.frames, "size in pixels of the made-up frames")
      ->type_name("WxH")
      ->default_str(frame_size())
      ->group(group);
  app.add_option(
         "--pixels", arguments.pixels,
         "kinds of made-up frames, separated by commas: rgb, planes (luma and chroma in 4:2:0, as "
         "JPEG files have them); with INPUT, fleets are measured with its files instead")
      ->check(list_of(one_of({"rgb", "planes"})))
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  app.add_option("--seconds", arguments.seconds, "length of each measurement, 0.01 to 3600 seconds")
      ->check(from_to(0.01, 3600, "a number from 0.01 to 3600"))
      ->type_name("S")
      ->capture_default_str()
      ->group(group);
  app.add_option("--rounds", arguments.rounds,
                 "repeat all measurements N times, 1 to 99, and show the medians")
      ->check(whole_from_to(1, 99))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  add_json_flag(app, arguments.json);
}

}  // namespace

void add_bench_options(CLI::App& app, BenchArguments& arguments) {
  app.add_option("paths", arguments.positional)->group("");
  add_model_options(app, arguments.model);
  add_devices_option(app, arguments.device.options.devices, kWhichDevices);
  add_precision_option(app, arguments.device);
  add_decode_options(app, arguments.device, false);
  add_self_test_option(app, arguments.device);
  add_engine_options(app, arguments.device);
  add_measure_options(app, arguments);
  app.footer(kModelFooter + fmt::format(kBenchFooter, kMostBenchFiles, kBenchFrames));
  set_usage(app, "yolofleet bench [OPTIONS] MODEL [INPUT...]");
}

}  // namespace yolofleet::command
