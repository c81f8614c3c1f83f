using System.CommandLine;

namespace Spud.Host.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_arguments_the_help_is_shown()
    {
        (int code, string output, string error) = TestShell.Run();
        Assert.Equal((0, ""), (code, error));
        Assert.All(["run", "chat", "tokenize", "score", "bench"], command => Assert.Matches($"(?m)^  {command} ", output));
        Assert.DoesNotContain("probe-plugin", output);
    }

    [Fact]
    public void Every_option_of_every_command_says_what_it_is_for()
    {
        using Shell shell = TestShell.Create();
        foreach (Command command in CommandLine.Create(shell).Subcommands)
        {
            Assert.False(string.IsNullOrEmpty(command.Description), command.Name);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrEmpty(option.Description), $"{command.Name} {option.Name}"));
        }
    }

    [Fact]
    public void The_defaults_of_sampling_stand_in_the_help()
    {
        string help = string.Join(' ', TestShell.Run("run", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.All(["else 0.8; the embedded model: 0.", "else 40.", "else 0.95.", "else 0.05.", "else 1.", "Default: 1024."], text => Assert.Contains(text, help));
    }

    [Theory]
    [InlineData("Did you mean '--json'?", "tokenize", "--jsno", "Hello")]
    [InlineData("'spud' has no option", "--tempo")]
    [InlineData("Too many arguments for 'spud run': 'you'", "run", "Hello", "you")]
    [InlineData("Unknown command ''", "")]
    public void What_cannot_be_parsed_is_one_error(string message, params string[] arguments)
    {
        (int code, string output, string error) = TestShell.Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void An_option_without_its_value_is_refused() => Assert.Equal(2, TestShell.Run("run", "Hello", "--seed").ExitCode);

    [Fact]
    public void An_option_given_twice_is_refused() => Assert.Equal(2, TestShell.Run("run", "Hello", "--seed", "1", "--seed", "2").ExitCode);

    [Fact]
    public void System_and_raw_exclude_each_other() => Assert.Contains("--raw", TestShell.Run("run", "--raw", "--system", "Be brief.", "Hello").Error);

    [Theory]
    [InlineData("error: --vary cache.formt=f16: ", "compare", "--vary", "cache.formt=f16,f32", "-f", "LICENSE")]
    [InlineData("error: --set cache.formt=f16: ", "run", "--set", "cache.formt=f16", "Hello")]
    [InlineData("error: -m ", "run", "-m", "", "Hello")]
    public void A_fault_names_the_option_that_was_written(string beginning, params string[] arguments)
    {
        Spoken spoken = Spoken.WithPlugins([.. arguments.Select(argument => argument == "LICENSE" ? Path.Combine(TestData.Root, argument) : argument)]);
        Assert.Equal(ExitCodes.BadInput, spoken.ExitCode);
        Assert.StartsWith(beginning, spoken.Error);
    }
}
