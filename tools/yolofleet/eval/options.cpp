#include "eval/options.hpp"

#include <fmt/format.h>

#include <CLI/Option.hpp>

#include "eval/matching.hpp"
#include "shared/fail.hpp"
#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

const char* const kEvalFooter =
    R"(The objects are in YOLO label files, or in a COCO annotation file.

Label files: PICTURES is a list (@LIST), a folder or a pattern, as for detect. Without PICTURES,
MODEL is a Darknet .data file, and its list `valid` is used. Each picture has a .txt file with a
line 'class x y width height' for each object: in the same folder, or with /images/ or /JPEGImages/
in its path replaced by /labels/. A picture without such a file has no objects. mAP and the other
figures are those of `darknet detector map`. Darknet computes in FP32: add --precision fp32 to
compare.

COCO: ANNOTATIONS is a COCO annotation file; FOLDER holds its pictures under their file names.
Categories are matched with the model's classes by name (in COCO's or Darknet's spelling), or by
--coco-classes. pycocotools computes average precision in Python. The Python is that of --python,
else $YOLOFLEET_PYTHON, else the .venv of the clone in which this program was built, else python3.
It must have pycocotools (`python3 -m pip install pycocotools`; in a clone `make setup`).

The default of --confidence is lower than that of detect, because average precision also counts weak
detections. pycocotools counts the 100 strongest detections of a class in a picture. A picture that
fails counts as a picture without detections.

Exit codes:
  0         success
  1         some pictures failed
  2         wrong use, a model, labels or annotations that can't be loaded, missing pictures, no
            Python with pycocotools, or an output that can't be written
  3         a device failed, in the run or in the self-test
  130, 143  stopped by SIGINT or SIGTERM
  141       the reader of standard output has closed it

Examples:
  yolofleet eval obj.data --cfg yolo-obj.cfg --weights yolo-obj_best.weights
  yolofleet eval yolo-obj @test.txt --points 11
  yolofleet eval yolov4 instances_val2017.json val2017
  yolofleet eval yolov4 instances_val2017.json val2017 --precision fp32 --json eval.json)";

void add_map_options(CLI::App& app, EvalArguments& arguments, const std::string& group) {
  app.add_option("--iou", arguments.iou,
                 "with label files: a detection finds an object if their IoU is over this, 0 to 1")
      ->check(from_to(0, 1, "a number from 0 to 1"))
      ->type_name("IOU")
      ->default_str(fmt::format("{}", MatchOptions{}.iou))
      ->group(group);
  app.add_option("--points", arguments.points,
                 "with label files: how AP is computed: 0, the area under the curve (PASCAL VOC "
                 "2010, ImageNet); 11 recall points (PASCAL VOC 2007); or 101 (MS COCO)")
      ->check(one_of({"0", "11", "101"}))
      ->type_name("N")
      ->default_str("0")
      ->group(group);
  app.add_option("--map-confidence", arguments.map_confidence,
                 "with label files: precision, recall, F1, average IoU, TP and FP count the "
                 "detections with a confidence above P, 0 to 1; mAP uses all detections over "
                 "--confidence")
      ->check(from_to(0, 1, "a number from 0 to 1"))
      ->type_name("P")
      ->default_str(fmt::format("{}", MatchOptions{}.confidence))
      ->group(group);
}

void add_own_options(CLI::App& app, EvalArguments& arguments) {
  const std::string group = "Evaluation";
  add_map_options(app, arguments, group);
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
  add_decode_options(app, arguments.device, false);
  add_self_test_option(app, arguments.device);
  add_threads_option(app, options);
  add_engine_options(app, arguments.device);
  add_no_cache_option(app, arguments.device);
  app.footer(kModelFooter + std::string(kEvalFooter));
  set_usage(app,
            "yolofleet eval [OPTIONS] MODEL ANNOTATIONS FOLDER\n"
            "       yolofleet eval [OPTIONS] MODEL PICTURES\n"
            "       yolofleet eval [OPTIONS] FILE.data --cfg FILE --weights FILE\n"
            "MODEL may also be --cfg FILE --weights FILE --names FILE");
}

Result<void> check_eval_use(const EvalArguments& arguments) {
  const std::vector<std::string>& given = arguments.positional;
  if (given.size() > 2 || (given.empty() && arguments.model.data.empty())) {
    return fail(ErrorCode::kInvalidArgument,
                "eval needs, after the model, ANNOTATIONS (a COCO annotation file) and FOLDER (of "
                "its pictures), or one argument for PICTURES that have label files (such as "
                "@test.txt), not {} arguments; without any, MODEL must be a .data file",
                given.size());
  }
  if (given.size() == 1 && std::filesystem::path(given.front()).extension() == ".json") {
    return fail(ErrorCode::kInvalidArgument,
                "{}: COCO annotations need a second argument, the FOLDER of their pictures",
                given.front());
  }
  const bool for_coco =
      !arguments.coco_classes.empty() || !arguments.python.empty() || !arguments.keep.empty();
  const bool for_labels = arguments.iou || arguments.points || arguments.map_confidence;
  if (given.size() == 2 && for_labels) {
    return fail(ErrorCode::kInvalidArgument,
                "--iou, --points and --map-confidence are for label files, not for COCO "
                "annotations");
  }
  if (given.size() < 2 && for_coco) {
    return fail(ErrorCode::kInvalidArgument,
                "--coco-classes, --python and --keep are for COCO annotations, not for label "
                "files");
  }
  return {};
}

}  // namespace yolofleet::command
