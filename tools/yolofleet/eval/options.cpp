#include "eval/options.hpp"

#include <CLI/Option.hpp>

#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

const char* const kEvalFooter =
    R"(ANNOTATIONS is a COCO annotation file; FOLDER holds its pictures under their file names.
Categories are matched with the model's classes by name (in COCO's or Darknet's spelling), or by
--coco-classes. pycocotools computes average precision in Python. The Python is that of --python,
else $YOLOFLEET_PYTHON, else the .venv of the clone in which this program was built, else python3.
It must have pycocotools (`python3 -m pip install pycocotools`; in a clone `make setup`).

--confidence has the usual default of an evaluation, not that of detect. pycocotools counts the 100
strongest detections of a class in a picture. A picture that fails counts as a picture without
detections.

Exit codes:
  0         success
  1         some pictures failed
  2         wrong use, a model or annotations that can't be loaded, missing pictures, no Python with
            pycocotools, or an output that can't be written
  3         a device failed, in the run or in the self-test
  130, 143  stopped by SIGINT or SIGTERM
  141       the reader of standard output has closed it

Examples:
  yolofleet eval yolov4 instances_val2017.json val2017
  yolofleet eval yolov4 instances_val2017.json val2017 --precision fp32 --json eval.json)";

void add_own_options(CLI::App& app, EvalArguments& arguments) {
  const std::string group = "Evaluation";
  add_coco_classes_option(app, arguments.coco_classes, "matched by name", group);
  app.add_flag("--allow-missing", arguments.allow_missing,
               "evaluate on the pictures that exist if some are missing")
      ->group(group);
  app.add_option("--python", arguments.python, "Python interpreter that has pycocotools")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_option("--keep", arguments.keep, "keep the detections in FILE, as COCO results")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(kOutputGroup);
  add_json_file_option(app, arguments.json);
  add_message_options(app, arguments.quiet, arguments.no_progress);
}

}  // namespace

void add_eval_options(CLI::App& app, EvalArguments& arguments) {
  Options& options = arguments.device.options;
  options.confidence = 0.005F;  // Darknet's `detector valid` begins there
  app.add_option("paths", arguments.positional)->group("");  // the usage names them
  add_model_options(app, arguments.model);
  add_own_options(app, arguments);
  add_inference_options(app, options, arguments.resize);
  add_devices_option(app, options.devices, kWhichDevices);
  add_precision_option(app, arguments.device);
  add_self_test_option(app, arguments.device);
  add_threads_option(app, options);
  add_engine_options(app, arguments.device);
  add_no_cache_option(app, arguments.device);
  app.footer(kEvalFooter);
  set_usage(app,
            "yolofleet eval [OPTIONS] MODEL ANNOTATIONS FOLDER\n"
            "       yolofleet eval [OPTIONS] --cfg FILE --weights FILE --names FILE ANNOTATIONS "
            "FOLDER");
}

}  // namespace yolofleet::command
