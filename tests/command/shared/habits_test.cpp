#include "shared/habits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/Option.hpp>
#include <algorithm>
#include <cctype>
#include <sstream>

#include "shared/darknet_options.hpp"
#include "shared/subcommands.hpp"

namespace yolofleet::command {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The whole command, of which nothing is run.
class Habits : public ::testing::Test {
 protected:
  Habits() {
    for (const auto add : {add_detect, add_inspect, add_build, add_bench, add_verify, add_eval,
                           add_cache, add_devices}) {
      add(app_, exit_code_);
    }
  }

  const CLI::App& app() const { return app_; }

  Result<std::vector<std::string>> check(const std::vector<std::string>& words) const {
    return checked_words(app_, words);
  }
  std::string refusal(const std::vector<std::string>& words) const {
    const auto checked = check(words);
    return checked ? "" : checked.error().message;
  }
  bool is_option_somewhere(const std::string& option) const {
    return !app_.get_subcommands([&](const CLI::App* subcommand) {
                  return subcommand->get_option_no_throw(option) != nullptr;
                })
                .empty();
  }

 private:
  CLI::App app_;
  int exit_code_ = 0;
};

TEST_F(Habits, WordsOfOursPass) {
  const std::vector<std::string> words{"detect",   "m", "-o", "x",  "--nms", "-1",
                                       "--nms=-2", "-", "-h", "-v", "\u2013"};
  EXPECT_EQ(check(words).value(), words);
}

TEST_F(Habits, ANegativeNumberIsAValueOnly) {
  EXPECT_EQ(refusal({"detect", "m", "--nms", "-1", "-.5"}),
            "unknown option -.5: a file of this name is written ./-.5");
  EXPECT_EQ(refusal({"detect", "m", "-v", "-1"}),
            "unknown option -1: a file of this name is written ./-1");
  EXPECT_THAT(refusal({"detect", "m", "-i", "-1"}), Not(HasSubstr("option -1")));
}

TEST_F(Habits, AWordIsANumberAsAWholeOrNotAtAll) {
  for (const char* word : {"-1x", "-5.jpg", "-1x1", "-inf", "-1-2"}) {
    EXPECT_THAT(refusal({"detect", "m", word}),
                HasSubstr("unknown option " + std::string(word) + ": "));
  }
}

TEST_F(Habits, NoOptionOfDarknetPasses) {
  for (const DarknetOption& option : darknet_options()) {
    const std::string word = "-" + std::string(option.name);
    for (const char* subcommand :
         {"detect", "inspect", "build", "bench", "verify", "eval", "cache", "devices"}) {
      EXPECT_THAT(refusal({subcommand, "x", word, "1"}), HasSubstr("unknown option " + word + ": "))
          << subcommand;
    }
  }
}

TEST_F(Habits, AnOptionHereIsNoHabit) {
  for (const Habit& habit : habits()) {
    EXPECT_EQ(find_habit(habit.word), &habit) << habit.word << " is there twice";
    const std::string word = "--" + std::string(habit.word);
    const bool ours = app().get_subcommand("detect")->get_option_no_throw(word) != nullptr;
    EXPECT_EQ(refusal({"detect", "m", word}).empty(), ours) << word;
  }
}

TEST_F(Habits, OptionsThatAreNamedExist) {
  std::string all;
  for (const DarknetOption& option : darknet_options()) {
    EXPECT_FALSE(option.ours.empty() && option.note.empty()) << option.name;
    for (const auto text : {option.ours, option.in_eval, option.note}) {
      all += std::string(text) + '\n';
    }
  }
  for (const Habit& habit : habits()) {
    all += std::string(habit.ours) + '\n';
  }
  std::replace_if(
      all.begin(), all.end(),
      [](char c) { return std::string_view(",`()").find(c) != std::string_view::npos; }, ' ');
  std::istringstream words(all);
  int named = 0;
  for (std::string word; words >> word;) {
    if (word.starts_with("--")) {
      ++named;
      EXPECT_TRUE(is_option_somewhere(word)) << word;
    }
  }
  EXPECT_GT(named, 50);
}

TEST_F(Habits, ASlipIsToldTheNearestName) {
  const std::vector<std::string> names{"nms", "names", "confidence", "annotated"};
  EXPECT_EQ(near_name("nmss", names), "nms");
  EXPECT_EQ(near_name("confidnce", names), "confidence");
  EXPECT_EQ(near_name("anno", names), "annotated");
  EXPECT_EQ(near_name("na", names), "") << "too short for the beginning of a name";
  EXPECT_EQ(near_name("colour", names), "");
  EXPECT_EQ(near_name("", names), "");
  EXPECT_EQ(near_subcommand(app(), "inspekt"), "did you mean inspect?");
  EXPECT_EQ(near_subcommand(app(), "frobnicate"), "");
}

TEST_F(Habits, NamesAfterTwoDashesAreMarkedAndUnmarked) {
  CLI::App app;
  std::vector<std::string> names;
  CLI::App* const subcommand = app.add_subcommand("sub");
  subcommand->add_option("names", names);
  unmark_names(app);
  auto words =
      checked_words(app, std::vector<std::string>{"sub", "a", "--", "-out", "--", "-", "b"});
  ASSERT_TRUE(words);
  EXPECT_THAT(*words,
              ElementsAre("sub", "a", std::string("\0-out", 5), std::string("\0--", 3), "-", "b"));
  std::reverse(words->begin(), words->end());
  app.parse(*std::move(words));
  EXPECT_THAT(names, ElementsAre("a", "-out", "--", "-", "b"));
}

TEST_F(Habits, ALongDashOfALetterIsNoName) {
  EXPECT_THAT(refusal({"detect", "m", "\u2212frob"}), HasSubstr("which begins with a long dash"));
  EXPECT_THAT(refusal({"detect", "m", "\u2014nms", "1"}),
              HasSubstr("which begins with a long dash: did you mean --nms?"));
}

}  // namespace
}  // namespace yolofleet::command
