#include "eval/python.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "eval/script.hpp"
#include "shared/fail.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

constexpr const char* kProbe =
    "import sys\n"
    "sys.path = [folder for folder in sys.path if folder]\n"
    "import pycocotools.cocoeval\n"
    "print('pycocotools is here')\n";
constexpr std::string_view kProbed = "pycocotools is here";
constexpr const char* kHowToInstall =
    "`python3 -m pip install pycocotools` installs it (in a clone `make setup`); --python FILE or "
    "YOLOFLEET_PYTHON names another Python";

/// The line in which Python reports an error.
std::string last_line(std::string_view text) {
  while (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  const std::size_t begin = text.rfind('\n');
  return std::string(begin == std::string_view::npos ? text : text.substr(begin + 1));
}

std::string reason_of(const ProcessEnd& end) {
  const std::string said = last_line(end.errors);
  return said.empty() ? fmt::format("exit code {}", end.exit_code) : said;
}

/// Empty, or what this Python lacks. Errors: kCancelled.
Result<std::string> lack_of(const std::string& python, const ShallStop& shall_stop) {
  const auto end = run_process({python, "-c", kProbe}, "", shall_stop);
  if (!end) {
    return end.error().code == ErrorCode::kCancelled
               ? Result<std::string>(tl::unexpected(end.error()))
               : end.error().message;
  }
  if (end->exit_code != 0) {
    return fmt::format("{}: {}", python, reason_of(*end));
  }
  return last_line(end->output) == kProbed
             ? std::string()
             : fmt::format("{}: doesn't work as a Python interpreter", python);
}

std::vector<std::string> candidates(const std::string& asked) {
  if (!asked.empty()) {
    return {asked};
  }
  const char* const named = std::getenv("YOLOFLEET_PYTHON");
  if (named != nullptr && *named != '\0') {
    return {named};
  }
  std::vector<std::string> pythons;
  std::error_code ignored;
  const fs::path of_clone = python_of_clone(fs::read_symlink("/proc/self/exe", ignored));
  if (!of_clone.empty()) {
    pythons.push_back(of_clone.string());
  }
  pythons.emplace_back("python3");
  return pythons;
}

std::optional<double> number(const nlohmann::json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

AveragePrecision read_answer(const nlohmann::json& answer) {
  AveragePrecision measured;
  measured.pycocotools = answer.at("pycocotools");
  measured.ap = number(answer.at("ap"));
  measured.ap50 = number(answer.at("ap50"));
  measured.ap75 = number(answer.at("ap75"));
  measured.detections = answer.at("detections");
  for (const nlohmann::json& each : answer.at("classes")) {
    measured.classes.push_back({each.at("id"), each.at("name"), each.at("objects"),
                                number(each.at("ap")), number(each.at("ap50"))});
  }
  return measured;
}

}  // namespace

fs::path python_of_clone(const fs::path& program) {
  const fs::path clone = program.parent_path().parent_path().parent_path().parent_path();
  const fs::path python = clone / ".venv" / "bin" / "python";
  std::error_code ignored;
  // A folder with a .venv is a clone of this project only if it has the presets, too.
  const bool there =
      fs::exists(clone / "CMakePresets.json", ignored) && fs::exists(python, ignored);
  return there ? python : fs::path();
}

Result<std::string> find_python(const std::string& asked, const ShallStop& shall_stop) {
  std::string lacks;
  for (const std::string& python : candidates(asked)) {
    const auto lack = lack_of(python, shall_stop);
    if (!lack) {
      return tl::unexpected(lack.error());
    }
    if (lack->empty()) {
      return python;
    }
    lacks += (lacks.empty() ? "" : "; ") + *lack;
  }
  return fail(ErrorCode::kNotFound, "average precision needs a Python with pycocotools: {}; {}",
              lacks, kHowToInstall);
}

Result<AveragePrecision> average_precision(const std::string& python, const EvalRequest& request,
                                           const ShallStop& shall_stop) {
  // The file names are arguments because they may hold any bytes, which JSON can't hold.
  const auto end = run_process(
      {python, "-c", kEvalScript, request.annotations.string(), request.results.string()},
      nlohmann::json(request.images).dump(), shall_stop);
  if (!end) {
    return tl::unexpected(end.error());
  }
  if (end->exit_code != 0) {
    return fail(ErrorCode::kInternal, "{} failed to measure average precision (exit code {}){}{}",
                python, end->exit_code, end->errors.empty() ? "" : ": ", last_line(end->errors));
  }
  try {
    return read_answer(nlohmann::json::parse(end->output));
  } catch (const nlohmann::json::exception&) {
    return fail(ErrorCode::kInternal, "{} gave no average precision", python);
  }
}

}  // namespace yolofleet::command
