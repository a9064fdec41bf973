#include "shared/device_options.hpp"

#include <fmt/format.h>

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
constexpr std::array kDecodeWords{std::pair{"auto", Decode::kAuto}, std::pair{"gpu", Decode::kGpu},
                                  std::pair{"cpu", Decode::kCpu}};
constexpr std::array kDecodeScaleWords{std::pair{"off", DecodeScale::kOff},
                                       std::pair{"auto", DecodeScale::kAuto}};

/// The value of a word in a table; the first one's for a word that isn't in it.
template <typename Table>
auto value_of(const Table& table, const std::string& word) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const auto& entry) { return word == entry.first; });
  return found == table.end() ? table.front().second : found->second;
}

template <typename Table, typename Value>
const char* word_of(const Table& table, Value value) noexcept {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& entry) { return value == entry.second; })
      ->first;
}

}  // namespace

Precision precision_of(const std::string& word) {
  return value_of(kPrecisionWords, word);
}

const char* precision_word(Precision precision) noexcept {
  return word_of(kPrecisionWords, precision);
}

const char* decode_word(Decode decode) noexcept {
  return word_of(kDecodeWords, decode);
}

const char* decode_scale_word(DecodeScale scale) noexcept {
  return word_of(kDecodeScaleWords, scale);
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
         "number type that the network computes in: fp32; bf16 (CPU only); fp16 or tf32 (GPU "
         "only); auto is fp16 on a GPU, and on a CPU bf16 if its hardware has it, else fp32")
      ->check(one_of({"auto", "fp32", "bf16", "fp16", "tf32"}))
      ->type_name("TYPE")
      ->capture_default_str()
      ->group(kDeviceGroup);
}

void add_threads_option(CLI::App& app, Options& options) {
  app.add_option("--threads", options.threads,
                 "CPU threads, 0 to 1024; 0: as many as this process may use")
      ->check(whole_from_to(0, 1024))
      ->type_name("N")
      ->capture_default_str()
      ->group(kDeviceGroup);
}

void add_self_test_option(CLI::App& app, DeviceArguments& arguments) {
  app.add_flag("--no-self-test", arguments.no_self_test,
               "skip the test before a run on several devices, in which all of them must find the "
               "same objects in a made-up picture")
      ->group(kDeviceGroup);
}

void add_decode_options(CLI::App& app, DeviceArguments& arguments, bool videos) {
  const std::string group = "Decoding";
  app.add_option(
         "--decode", arguments.decode,
         fmt::format(
             "what decodes {} for GPUs: cpu (the same bits everywhere), gpu (the GPUs' own "
             "decoders, and the CPU for what they don't take) or auto ({}both, as fast as each is; "
             "not the same to the last bit from run to run, as the two decoders differ by a grey "
             "level here and there)",
             videos ? "JPEG files and videos" : "JPEG files",
             videos ? "videos as with gpu, JPEG files by " : ""))
      ->check(one_of({"auto", "gpu", "cpu"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--decode-scale", arguments.decode_scale,
         "auto: the CPU decodes JPEG files at 1/2, 1/4 or 1/8 of their size where they stay at "
         "least as large as the network's input; faster, but the pixels, and so confidences, "
         "differ a little; off: always at full size")
      ->check(one_of({"off", "auto"}))
      ->type_name("HOW")
      ->capture_default_str()
      ->group(group);
}

void add_engine_options(CLI::App& app, DeviceArguments& arguments, const std::string& and_then) {
  Options& options = arguments.options;
  app.add_option("--batch", arguments.batch,
                 fmt::format("pictures in a batch of a GPU, 1 to 1024; auto: {}, or fewer where "
                             "the GPU's memory is too small{}",
                             kDefaultBatch, and_then))
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
      ->check(whole_from_to(0, 5))
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
      ->check(whole_from_to(0, std::numeric_limits<int>::max()))
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
  options.decode = value_of(kDecodeWords, arguments.decode);
  options.decode_scale = value_of(kDecodeScaleWords, arguments.decode_scale);
  options.batch = arguments.batch == "auto" ? 0 : std::stoi(arguments.batch);
  options.use_engine_cache = !arguments.no_cache;
  options.self_test = !arguments.no_self_test;
  return options;
}

}  // namespace yolofleet::command
