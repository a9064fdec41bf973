#include "shared/device_options.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include "shared/validators.hpp"

namespace yolofleet::command {
namespace {

constexpr std::array kPrecisionWords{
    std::pair{"auto", Precision::kAuto}, std::pair{"fp32", Precision::kFp32},
    std::pair{"bf16", Precision::kBf16}, std::pair{"fp16", Precision::kFp16},
    std::pair{"tf32", Precision::kTf32}};

}  // namespace

Precision precision_of(const std::string& word) {
  const auto found = std::find_if(kPrecisionWords.begin(), kPrecisionWords.end(),
                                  [&](const auto& entry) { return word == entry.first; });
  return found == kPrecisionWords.end() ? Precision::kAuto : found->second;
}

const char* precision_word(Precision precision) noexcept {
  const auto found = std::find_if(kPrecisionWords.begin(), kPrecisionWords.end(),
                                  [&](const auto& entry) { return precision == entry.second; });
  return found->first;
}

void add_devices_option(CLI::App& app, std::string& devices, const std::string& which) {
  app.add_option("--devices", devices, which)
      ->type_name("LIST")
      ->capture_default_str()
      ->group(kDeviceGroup);
}

void add_precision_option(CLI::App& app, DeviceArguments& arguments) {
  app.add_option(
         "--precision", arguments.precision,
         "number type of the network: fp32, bf16 (CPU only), fp16 or tf32 (GPU only); auto: "
         "fp16 on a GPU, bf16 on a CPU that has it, else fp32")
      ->check(one_of({"auto", "fp32", "bf16", "fp16", "tf32"}))
      ->type_name("TYPE")
      ->capture_default_str()
      ->group(kDeviceGroup);
}

void add_threads_option(CLI::App& app, Options& options) {
  app.add_option("--threads", options.threads,
                 "CPU threads, 0 to 1024; 0: as many as this process may use")
      ->check(from_to(0, 1024, "a whole number from 0 to 1024"))
      ->type_name("N")
      ->capture_default_str()
      ->group(kDeviceGroup);
}

void add_self_test_option(CLI::App& app, DeviceArguments& arguments) {
  app.add_flag("--no-self-test", arguments.no_self_test,
               "don't compare the results of several devices on a made-up picture before the run")
      ->group(kDeviceGroup);
}

void add_engine_options(CLI::App& app, DeviceArguments& arguments, const std::string& automatic) {
  Options& options = arguments.options;
  app.add_option("--batch", arguments.batch,
                 "pictures in a batch of a GPU, 1 to 1024; auto: " + automatic)
      ->check(auto_or_from_to(1, 1024))
      ->type_name("N")
      ->capture_default_str()
      ->group(kEngineGroup);
  app.add_option("--mish", arguments.mish,
                 "how a GPU computes Mish: plugin (yolofleet's kernel), native (TensorRT's layers) "
                 "or auto (native, which measured faster)")
      ->check(one_of({"auto", "plugin", "native"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(kEngineGroup);
  app.add_option("--build-level", options.build_level,
                 "TensorRT's optimisation level when it builds an engine, 0 to 5")
      ->check(from_to(0, 5, "a whole number from 0 to 5"))
      ->type_name("N")
      ->capture_default_str()
      ->group(kEngineGroup);
  add_cache_option(app, options.engine_cache, kEngineGroup);
}

void add_no_cache_option(CLI::App& app, DeviceArguments& arguments) {
  app.add_flag("--no-cache", arguments.no_cache,
               "build engines anew and don't keep them in the cache")
      ->group(kEngineGroup);
}

void add_max_detections_option(CLI::App& app, Options& options, const std::string& group) {
  app.add_option(
         "--max-detections", options.max_detections,
         "keep at most N detections of a picture, those of highest confidence; 0: all; on a "
         "GPU each N needs its own engine")
      ->check(from_to(0, std::numeric_limits<int>::max(), "a whole number of at least 0"))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

void add_cache_option(CLI::App& app, std::string& folder, const std::string& group) {
  app.add_option("--cache", folder,
                 "folder of the engine cache (default: $XDG_CACHE_HOME/yolofleet, else "
                 "~/.cache/yolofleet)")
      ->check(names_a("folder"))
      ->type_name("DIR")
      ->group(group);
}

Options to_options(const DeviceArguments& arguments) {
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
