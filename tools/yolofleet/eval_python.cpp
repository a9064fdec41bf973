#include "eval_python.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "eval_script.hpp"
#include "fail.hpp"
#include "subprocess.hpp"

namespace yolofleet::command {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr const char* kProbe =
    "import sys\n"
    "sys.path = [folder for folder in sys.path if folder]\n"
    "import pycocotools.cocoeval\n";
constexpr const char* kHowToInstall =
    "`python3 -m pip install pycocotools` installs it (in a clone `make setup`); --python FILE or "
    "YOLOFLEET_PYTHON names another Python";

/// Where Python says what went wrong.
std::string last_line(std::string_view text) {
  while (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  const std::size_t begin = text.rfind('\n');
  return std::string(begin == std::string_view::npos ? text : text.substr(begin + 1));
}

/// Empty, or what this Python lacks.
std::string lack_of(const std::string& python) {
  const auto end = run_process({python, "-c", kProbe}, "");
  if (!end) {
    return end.error().message;
  }
  return end->exit_code == 0 ? "" : fmt::format("{}: {}", python, last_line(end->errors));
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

std::optional<double> number(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

AveragePrecision read_answer(const json& answer) {
  AveragePrecision measured;
  measured.pycocotools = answer.at("pycocotools");
  measured.ap = number(answer.at("ap"));
  measured.ap50 = number(answer.at("ap50"));
  measured.ap75 = number(answer.at("ap75"));
  measured.detections = answer.at("detections");
  for (const json& each : answer.at("classes")) {
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
  // The presets are what makes a folder with a .venv a clone of this project.
  const bool there =
      fs::exists(clone / "CMakePresets.json", ignored) && fs::exists(python, ignored);
  return there ? python : fs::path();
}

Result<std::string> find_python(const std::string& asked) {
  std::string lacks;
  for (const std::string& python : candidates(asked)) {
    const std::string lack = lack_of(python);
    if (lack.empty()) {
      return python;
    }
    lacks += (lacks.empty() ? "" : "; ") + lack;
  }
  return fail(ErrorCode::kNotFound, "average precision needs a Python with pycocotools: {}; {}",
              lacks, kHowToInstall);
}

Result<AveragePrecision> average_precision(const std::string& python, const EvalRequest& request) {
  const json asked = {{"annotations", request.annotations.string()},
                      {"results", request.results.string()},
                      {"images", request.images}};
  const auto end = run_process({python, "-c", kEvalScript}, asked.dump());
  if (!end) {
    return tl::unexpected(end.error());
  }
  if (end->exit_code != 0) {
    return fail(ErrorCode::kInternal, "{} failed to measure average precision (exit code {}): {}",
                python, end->exit_code, last_line(end->errors));
  }
  const json answer = json::parse(end->output, nullptr, false);
  if (answer.is_object() && answer.contains("error")) {
    return fail(ErrorCode::kMalformed, "{}", answer["error"].get<std::string>());
  }
  if (!answer.is_object()) {
    return fail(ErrorCode::kInternal, "{} gave no average precision", python);
  }
  return read_answer(answer);
}

}  // namespace yolofleet::command
