#include "shared/device_options.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <limits>
#include <map>
#include <string>

#include "shared/validators.hpp"

namespace yolofleet::command {

Precision precision_of(const std::string& word) {
  static const std::map<std::string, Precision> words{{"fp32", Precision::kFp32},
                                                      {"bf16", Precision::kBf16},
                                                      {"fp16", Precision::kFp16},
                                                      {"tf32", Precision::kTf32}};
  const auto found = words.find(word);
  return found == words.end() ? Precision::kAuto : found->second;
}

void add_device_options(CLI::App& app, DeviceArguments& arguments, const std::string& which) {
  app.add_option("--devices", arguments.options.devices, which)
      ->type_name("LIST")
      ->capture_default_str()
      ->group(kDeviceGroup);
  app.add_option(
         "--precision", arguments.precision,
         "auto (fp16 on a GPU; on the CPU bf16 where it has it), fp32, bf16\n(CPU), fp16 or "
         "tf32 (GPU)")
      ->check(one_of({"auto", "fp32", "bf16", "fp16", "tf32"}))
      ->type_name("TYPE")
      ->capture_default_str()
      ->group(kDeviceGroup);
}

void add_self_test_option(CLI::App& app, DeviceArguments& arguments) {
  app.add_flag("--no-self-test", arguments.no_self_test,
               "use several devices without comparing first what each finds in\na made-up picture")
      ->group(kDeviceGroup);
}

void add_engine_options(CLI::App& app, DeviceArguments& arguments, const std::string& automatic) {
  Options& options = arguments.options;
  app.add_option("--batch", arguments.batch, "pictures at once, 1 to 1024; auto: " + automatic)
      ->check(auto_or_from_to(1, 1024))
      ->type_name("N")
      ->capture_default_str()
      ->group(kEngineGroup);
  app.add_option("--mish", arguments.mish,
                 "by our kernel (plugin), by TensorRT's own layers (native), or auto:\nwhat "
                 "measured faster")
      ->check(one_of({"auto", "plugin", "native"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(kEngineGroup);
  app.add_option("--build-level", options.build_level,
                 "TensorRT's effort when an engine is built, 0 to 5")
      ->check(from_to(0, 5, "a whole number from 0 to 5"))
      ->type_name("N")
      ->capture_default_str()
      ->group(kEngineGroup);
  add_cache_option(app, options.engine_cache, kEngineGroup);
}

void add_no_cache_option(CLI::App& app, DeviceArguments& arguments) {
  app.add_flag("--no-cache", arguments.no_cache, "build anew, keep nothing")->group(kEngineGroup);
}

void add_max_detections(CLI::App& app, Options& options, const std::string& group) {
  app.add_option("--max-detections", options.max_detections, "of a picture, the strongest")
      ->check(from_to(1, std::numeric_limits<int>::max(), "a whole number of at least 1"))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

void add_cache_option(CLI::App& app, std::string& folder, const std::string& group) {
  app.add_option("--cache", folder,
                 "where built engines are kept (default: yolofleet in the user's cache\nfolder)")
      ->check(names_a("folder"))
      ->type_name("DIR")
      ->group(group);
}

Options take_words(const DeviceArguments& arguments) {
  Options options = arguments.options;
  options.precision = precision_of(arguments.precision);
  options.mish = arguments.mish == "plugin"   ? Mish::kPlugin
                 : arguments.mish == "native" ? Mish::kNative
                                              : Mish::kAuto;
  options.batch = arguments.batch == "auto" ? 0 : std::stoi(arguments.batch);
  options.use_engine_cache = !arguments.no_cache;
  options.self_test = !arguments.no_self_test;
  return options;
}

}  // namespace yolofleet::command
