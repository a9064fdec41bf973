#include "eval/options.hpp"

#include <CLI/Option.hpp>

#include "shared/subcommands.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

const char* const kEvalFooter =
    R"(ANNOTATIONS is a COCO annotation file, FOLDER has its pictures under their file names. Categories and
classes belong together by their names (COCO's as COCO or as Darknet spells them), or by
--coco-classes. pycocotools measures, so a Python that has it is needed: that of --python, else
$YOLOFLEET_PYTHON, else the .venv of the clone that this program was built in, else python3. It has
to find pycocotools (`python3 -m pip install pycocotools`; in a clone `make setup`).

The defaults of --confidence, --nms and --max-detections are those of an evaluation, not detect's;
with another --max-detections a GPU needs another engine. A picture that fails counts as one without
detections.

Exit codes: 0 all well; 1 some pictures failed; 2 wrong use, a model or annotations that can't be
loaded, pictures that are missing, no Python with pycocotools, or an output that can't be written;
3 a device failed, also in the self-test; 130 and 143 stopped by SIGINT and SIGTERM; 141 nobody reads
standard output any more.

Examples:
  yolofleet eval yolov4 instances_val2017.json val2017
  yolofleet eval yolov4 instances_val2017.json val2017 --precision fp32 --json eval.json)";

void add_own_options(CLI::App& app, EvalArguments& arguments) {
  const std::string group = "The evaluation";
  app.add_option("--coco-classes", arguments.coco_classes,
                 "category_id of each class, one a line (else by their names)")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--allow-missing", arguments.allow_missing,
               "evaluate on the pictures that are there where some are missing")
      ->group(group);
  app.add_option("--python", arguments.python, "a Python that has pycocotools")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
  const std::string written = "What is written";
  app.add_option("--keep", arguments.keep, "keep the detections there, as COCO results")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(written);
  app.add_option("--json", arguments.json, "also as JSON to FILE, or, as -, instead of the table")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(written);
  app.add_flag("-q,--quiet", arguments.quiet, "nothing on standard error but why it failed")
      ->group(written);
  app.add_flag("--no-progress", arguments.no_progress, "no progress bar on a terminal")
      ->group(written);
}

}  // namespace

void add_eval_options(CLI::App& app, EvalArguments& arguments) {
  Options& options = arguments.device.options;
  options.confidence = 0.005F;  // Darknet's `detector valid` begins there
  options.max_detections = 1000;
  app.add_option("paths", arguments.positional)->group("");  // the usage names them
  add_model_options(app, arguments.model);
  add_own_options(app, arguments);
  add_inference_options(app, options, arguments.resize);
  add_device_options(app, arguments.device, kWhichDevices);
  add_self_test_option(app, arguments.device);
  add_threads(app, options, "What it runs on");
  add_engine_options(app, arguments.device);
  add_no_cache_option(app, arguments.device);
  app.footer(kEvalFooter);
  set_usage(app,
            "yolofleet eval [OPTIONS] MODEL ANNOTATIONS FOLDER\n"
            "       yolofleet eval [OPTIONS] --cfg FILE --weights FILE --names FILE ANNOTATIONS "
            "FOLDER");
}

}  // namespace yolofleet::command
