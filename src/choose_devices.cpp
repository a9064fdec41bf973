#include "choose_devices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "base/fail.hpp"

namespace yolofleet {
namespace {

using base::fail;

constexpr std::string_view kCpuWithThreads = "cpu:";
constexpr int kMostThreads = 1024;

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  for (;;) {
    const std::size_t comma = list.find(',');
    words.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) {
      return words;
    }
    list.remove_prefix(comma + 1);
  }
}

std::string allowed(const Result<std::vector<DeviceInfo>>& gpus) {
  std::string words = R"("auto" or "all" alone, "cpu", "cpu:N")";
  if (gpus) {
    for (const DeviceInfo& gpu : *gpus) {
      words += fmt::format(", \"{}\"", gpu.id);
    }
  }
  return words;
}

std::vector<ChosenDevice> usable(const Result<std::vector<DeviceInfo>>& gpus,
                                 std::vector<std::string>& warnings) {
  std::vector<ChosenDevice> chosen;
  if (!gpus) {
    if (gpus.error().code != ErrorCode::kNotFound) {
      warnings.push_back("no GPU is used: " + gpus.error().message);
    }
    return chosen;
  }
  for (std::size_t i = 0; i < gpus->size(); ++i) {
    const DeviceInfo& gpu = (*gpus)[i];
    if (gpu.unavailable.empty()) {
      chosen.push_back({i, 0});
    } else {
      warnings.push_back(fmt::format("{} isn't used: {}", gpu.id, gpu.unavailable));
    }
  }
  return chosen;
}

/// The CPU by "cpu:N".
Result<ChosenDevice> cpu_with(const std::string& word, int threads) {
  ChosenDevice cpu;
  const char* const end = word.data() + word.size();
  const auto [rest, error] =
      std::from_chars(word.data() + kCpuWithThreads.size(), end, cpu.threads);
  if (error != std::errc() || rest != end || cpu.threads < 1 || cpu.threads > kMostThreads) {
    return fail(ErrorCode::kInvalidArgument,
                R"(device "{}": behind "cpu:" stands a number of threads, 1 to {})", word,
                kMostThreads);
  }
  if (threads != 0 && threads != cpu.threads) {
    return fail(
        ErrorCode::kInvalidArgument,
        "device \"{}\" and {} as the number of threads contradict each other; name one of them",
        word, threads);
  }
  return cpu;
}

bool is_gpu(std::string_view word) {
  return word.starts_with("cuda:") || word.starts_with("GPU-");
}

Result<ChosenDevice> find(const std::string& word, int threads,
                          const Result<std::vector<DeviceInfo>>& gpus) {
  if (word == "cpu") {
    return ChosenDevice{std::nullopt, threads};
  }
  if (word.starts_with(kCpuWithThreads)) {
    return cpu_with(word, threads);
  }
  if (word == "auto" || word == "all") {
    return fail(ErrorCode::kInvalidArgument,
                "device \"{}\" stands alone, not in a list with others", word);
  }
  if (is_gpu(word) && !gpus) {
    return fail(ErrorCode::kNotFound, "{} can't be used: {}", word, gpus.error().message);
  }
  for (std::size_t i = 0; is_gpu(word) && i < gpus->size(); ++i) {
    const DeviceInfo& gpu = (*gpus)[i];
    if (gpu.id != word && gpu.uuid != word) {
      continue;
    }
    if (!gpu.unavailable.empty()) {
      return fail(ErrorCode::kNotFound, "{} can't be used: {}", word, gpu.unavailable);
    }
    return ChosenDevice{i, 0};
  }
  return fail(ErrorCode::kNotFound, "no device \"{}\" here; {} are allowed", word, allowed(gpus));
}

/// Those of a list.
Result<std::vector<ChosenDevice>> find_all(const Options& options,
                                           const Result<std::vector<DeviceInfo>>& gpus,
                                           std::vector<std::string>& warnings) {
  std::vector<ChosenDevice> chosen;
  std::optional<Error> missing;
  for (const std::string& word : split(options.devices)) {
    const auto device = find(word, options.threads, gpus);
    if (!device) {
      if (options.on_device_error == OnDeviceError::kFail || !is_gpu(word)) {
        return tl::unexpected(device.error());
      }
      warnings.push_back(device.error().message);
      missing = missing.value_or(device.error());
      continue;
    }
    if (std::any_of(chosen.begin(), chosen.end(),
                    [&](const ChosenDevice& other) { return other.gpu == device->gpu; })) {
      return fail(ErrorCode::kInvalidArgument, "device \"{}\" is named twice", word);
    }
    chosen.push_back(*device);
  }
  if (chosen.empty()) {
    return tl::unexpected(*std::move(missing));
  }
  return chosen;
}

}  // namespace

Result<std::vector<ChosenDevice>> choose_devices(const Options& options,
                                                 const Result<std::vector<DeviceInfo>>& gpus,
                                                 std::vector<std::string>& warnings) {
  if (options.devices != "auto" && options.devices != "all") {
    return find_all(options, gpus, warnings);
  }
  auto chosen = usable(gpus, warnings);
  if (chosen.empty() || options.devices == "all") {
    chosen.push_back({std::nullopt, options.threads});
  }
  return chosen;
}

Result<ChosenDevice> only_device(const std::vector<ChosenDevice>& chosen,
                                 const std::string& devices) {
  if (chosen.size() != 1) {
    return fail(ErrorCode::kInvalidArgument, "devices are \"{}\", {} of them; one is allowed here",
                devices, chosen.size());
  }
  return chosen.front();
}

}  // namespace yolofleet
