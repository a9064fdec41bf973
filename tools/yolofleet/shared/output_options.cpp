#include "shared/output_options.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

#include "shared/validators.hpp"

namespace yolofleet::command {

void add_json_flag(CLI::App& app, bool& json) {
  app.add_flag("--json", json, "print JSON instead of text")->group(kOutputGroup);
}

void add_json_file_option(CLI::App& app, std::string& file) {
  app.add_option("--json", file,
                 "also write the results as JSON to FILE; with - print JSON instead of the table")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(kOutputGroup);
}

void add_message_options(CLI::App& app, bool& quiet, bool& no_progress) {
  app.add_flag("-q,--quiet", quiet, "print only the error that ends the run")->group(kMessageGroup);
  app.add_flag("--no-progress", no_progress, "don't draw a progress line on a terminal")
      ->group(kMessageGroup);
}

void add_coco_classes_option(CLI::App& app, std::filesystem::path& file,
                             const std::string& otherwise, const std::string& group) {
  app.add_option(
         "--coco-classes", file,
         "text file with the category_id of each class, one per line (default: " + otherwise + ")")
      ->check(names_a("file"))
      ->type_name("FILE")
      ->group(group);
}

}  // namespace yolofleet::command
