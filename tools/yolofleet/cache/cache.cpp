#include "cache/cache.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "shared/device_options.hpp"
#include "shared/exit_code.hpp"
#include "shared/output_options.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

namespace fs = std::filesystem;

struct CacheArguments {
  std::string folder;
  bool json = false;
};

struct ExportArguments {
  std::string engine;
  std::string to;
};

double megabytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

std::string describe(const CachedEngine& engine) {
  if (!engine.problem.empty()) {
    return "can't be used: " + engine.problem;
  }
  return fmt::format(
      "{}: {}, batches of up to {}, {}, {} Mish, build level {}; {}; TensorRT {}, yolofleet {}",
      engine.model, engine.precision, engine.batch,
      engine.max_detections > 0 ? fmt::format("{} detections", engine.max_detections) : "raw heads",
      engine.mish, engine.build_level, engine.device_kind, engine.tensorrt, engine.yolofleet);
}

Result<fs::path> folder_of(const CacheArguments& arguments) {
  return arguments.folder.empty() ? default_engine_folder() : fs::path{arguments.folder};
}

int list(const CacheArguments& arguments) {
  const auto folder = folder_of(arguments);
  if (!folder) {
    return report_error(folder.error());
  }
  const auto engines = list_engines(*folder);
  if (!engines) {
    return report_error(engines.error());
  }
  return print(arguments.json ? engine_json(*engines) : engine_lines(*engines, *folder));
}

int clear(const CacheArguments& arguments) {
  const auto folder = folder_of(arguments);
  if (!folder) {
    return report_error(folder.error());
  }
  const auto removed = clear_engines(*folder);
  if (!removed) {
    return report_error(removed.error());
  }
  return print(printable(fmt::format("{} {} removed from {}", *removed,
                                     *removed == 1 ? "file" : "files", folder->string())) +
               '\n');
}

int write_plain(const ExportArguments& arguments) {
  if (arguments.to.empty()) {
    return report_error(
        {ErrorCode::kInvalidArgument,
         "cache export needs two arguments: ENGINE (a file of the cache) and FILE"});
  }
  const auto written = export_engine(arguments.engine, arguments.to);
  return written ? kAllWell : report_error(written.error());
}

}  // namespace

std::string engine_lines(const std::vector<CachedEngine>& engines, const fs::path& folder) {
  std::string text;
  std::uint64_t bytes = 0;
  for (const CachedEngine& engine : engines) {
    bytes += engine.bytes;
    text +=
        printable(fmt::format("{} ({:.1f} MB)", engine.file.string(), megabytes(engine.bytes))) +
        "\n  " + printable(describe(engine)) + '\n';
  }
  const std::string sum =
      fmt::format("{} {}, {:.1f} MB, in {}", engines.size(),
                  engines.size() == 1 ? "engine" : "engines", megabytes(bytes), folder.string());
  return text + printable(sum) + '\n';
}

std::string engine_json(const std::vector<CachedEngine>& engines) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const CachedEngine& engine : engines) {
    list.push_back({{"file", engine.file.string()},
                    {"bytes", engine.bytes},
                    {"problem", engine.problem},
                    {"model", engine.model},
                    {"device_kind", engine.device_kind},
                    {"tensorrt", engine.tensorrt},
                    {"yolofleet", engine.yolofleet},
                    {"precision", engine.precision},
                    {"mish", engine.mish},
                    {"batch", engine.batch},
                    {"max_detections", engine.max_detections},
                    {"build_level", engine.build_level}});
  }
  return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void add_cache(CLI::App& app, int& exit_code) {
  CLI::App* const cache = app.add_subcommand("cache", "List, export or remove built GPU engines");
  cache->require_subcommand(1);
  cache->footer("Run `yolofleet cache list --help` (or export, clear) for its options.");
  set_usage(*cache, "yolofleet cache list|export|clear [OPTIONS]");
  const auto arguments = std::make_shared<CacheArguments>();

  CLI::App* const list_app = cache->add_subcommand("list", "List the engines in the cache");
  add_cache_option(*list_app, arguments->folder, kEngineGroup);
  add_json_flag(*list_app, arguments->json);
  list_app->footer("The bytes of an engine are checked when it is loaded, not by this list.");
  set_usage(*list_app, "yolofleet cache list [--json] [--cache DIR]");
  list_app->callback([arguments, &exit_code] { exit_code = list(*arguments); });

  const auto exported = std::make_shared<ExportArguments>();
  CLI::App* const export_app = cache->add_subcommand(
      "export", "Write an engine as a plain TensorRT engine file, for trtexec or Triton");
  export_app->add_option("engine", exported->engine)->group("");
  export_app->add_option("to", exported->to)->group("");
  export_app->footer(
      "ENGINE is a file of the cache; `yolofleet build` and `yolofleet cache list` print its "
      "name.\n"
      "FILE is overwritten if it is a regular file. The program that runs it must also load\n"
      "libyolofleet_plugins.so:\n"
      "  trtexec --staticPlugins=libyolofleet_plugins.so --loadEngine=FILE");
  set_usage(*export_app, "yolofleet cache export ENGINE FILE");
  export_app->callback([exported, &exit_code] { exit_code = write_plain(*exported); });

  CLI::App* const clear_app = cache->add_subcommand(
      "clear", "Remove all engines and the timings that their builds recorded");
  add_cache_option(*clear_app, arguments->folder, kEngineGroup);
  clear_app->footer("Other files in the folder are kept, and so are those of a build in progress.");
  set_usage(*clear_app, "yolofleet cache clear [--cache DIR]");
  clear_app->callback([arguments, &exit_code] { exit_code = clear(*arguments); });
}

}  // namespace yolofleet::command
