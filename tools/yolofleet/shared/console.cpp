#include <fmt/format.h>

#include <memory>

#include "output/output_file.hpp"
#include "shared/exit_code.hpp"
#include "shared/subcommands.hpp"
#include "shared/text.hpp"

namespace yolofleet::command {
namespace {

class UsageFormatter final : public CLI::Formatter {
 public:
  explicit UsageFormatter(std::string usage) : usage_(std::move(usage)) { column_width(32); }

  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return usage_ + "\n";
  }

 private:
  std::string usage_;
};

}  // namespace

void set_usage(CLI::App& app, const std::string& usage) {
  app.formatter(std::make_shared<UsageFormatter>("Usage: " + usage));
}

int report_error(const Error& error) {
  say(fmt::format("yolofleet: error: {}\n", printable(error.message)));
  return error.code == ErrorCode::kDevice ? kDeviceFailed : kWrongUse;
}

int print(const std::string& text) {
  auto file = OutputFile::open("-");
  if (auto written = file->append(text); !written) {
    return written.error().code == ErrorCode::kCancelled ? kBrokenPipe
                                                         : report_error(written.error());
  }
  return kAllWell;
}

}  // namespace yolofleet::command
