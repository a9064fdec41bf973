#include "devices/devices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "shared/device_options.hpp"
#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"
#include "yolofleet/engines.hpp"

namespace yolofleet::command {
namespace {

struct DevicesArguments {
  std::string folder;
  bool json = false;
};

std::string describe(const ListedDevice& device) {
  const DeviceInfo& info = device.info;
  std::string text = info.name.empty() ? info.id : fmt::format("{}: {}", info.id, info.name);
  if (info.memory > 0) {
    text += fmt::format(", {:.1f} GiB", static_cast<double>(info.memory) / (1U << 30U));
  }
  if (!info.compute_capability.empty()) {
    text += fmt::format(", compute capability {}", info.compute_capability);
  }
  if (!info.uuid.empty()) {
    text += ", " + info.uuid;
  }
  if (!info.unavailable.empty()) {
    return text + "; can't be used: " + info.unavailable;
  }
  text += fmt::format("; {}, {}", info.runtime, join(precisions(info)));
  if (has_engines(info)) {
    text += fmt::format("; {} {} in the cache", device.engines,
                        device.engines == 1 ? "engine" : "engines");
  }
  return text;
}

/// The devices, with the number of their engines. A cache that can't be read is a warning.
std::vector<ListedDevice> listed_devices(const std::string& folder) {
  std::vector<ListedDevice> devices;
  for (DeviceInfo& info : list_devices()) {
    devices.push_back({std::move(info), 0});
  }
  if (std::none_of(devices.begin(), devices.end(),
                   [](const ListedDevice& device) { return has_engines(device.info); })) {
    return devices;
  }
  const auto engines = list_engines(folder);
  if (!engines) {
    say(fmt::format("yolofleet: warning: {}\n", printable(engines.error().message)));
    return devices;
  }
  for (ListedDevice& device : devices) {
    device.engines = static_cast<std::size_t>(
        std::count_if(engines->begin(), engines->end(),
                      [&](const CachedEngine& engine) { return fits(engine, device.info); }));
  }
  return devices;
}

int list(const DevicesArguments& arguments) {
  const auto devices = listed_devices(arguments.folder);
  const std::string why = why_no_gpu();
  if (arguments.json) {
    if (!why.empty()) {
      say(fmt::format("yolofleet: no GPU: {}\n", printable(why)));
    }
    return print(device_json(devices));
  }
  return print(device_lines(devices) + (why.empty() ? "" : "no GPU: " + printable(why) + '\n'));
}

}  // namespace

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  }
  return text;
}

bool has_engines(const DeviceInfo& device) {
  return !device.kind.empty();
}

std::vector<std::string> precisions(const DeviceInfo& device) {
  std::vector<std::string> words;
  if (device.unavailable.empty()) {
    std::transform(device.precisions.begin(), device.precisions.end(), std::back_inserter(words),
                   precision_word);
  }
  return words;
}

std::string device_lines(const std::vector<ListedDevice>& devices) {
  std::string text;
  for (const ListedDevice& device : devices) {
    text += printable(describe(device)) + '\n';
  }
  return text;
}

std::string device_json(const std::vector<ListedDevice>& devices) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ListedDevice& device : devices) {
    const DeviceInfo& info = device.info;
    nlohmann::ordered_json entry = {{"id", info.id},
                                    {"name", info.name},
                                    {"runtime", info.runtime},
                                    {"precisions", precisions(info)},
                                    {"unavailable", info.unavailable}};
    if (has_engines(info)) {
      entry.update({{"uuid", info.uuid},
                    {"memory", info.memory},
                    {"compute_capability", info.compute_capability},
                    {"kind", info.kind},
                    {"decodes_videos", info.decodes_videos},
                    {"engines", device.engines}});
    }
    list.push_back(std::move(entry));
  }
  return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void add_devices(CLI::App& app, int& exit_code) {
  CLI::App* const devices =
      app.add_subcommand("devices", "List the devices of this machine, GPUs first");
  const auto arguments = std::make_shared<DevicesArguments>();
  add_cache_option(*devices, arguments->folder, kEngineGroup);
  add_json_flag(*devices, arguments->json);
  devices->footer(
      "The line of a GPU also has its number of usable engines in the cache. The line of a device\n"
      "that can't be used has the reason.");
  set_usage(*devices, "yolofleet devices [--json] [--cache DIR]");
  devices->callback([arguments, &exit_code] { exit_code = list(*arguments); });
}

}  // namespace yolofleet::command
