using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Spud.Models.Messages;

namespace Spud.Host;

/// <summary>The root command: parses, reports parse errors, and turns every exception into a message and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Shows stack traces; available on every command.</summary>
    public static readonly Option<bool> Verbose = new("--verbose") { Description = "Show the stack trace of an unexpected error.", Recursive = true };

    private static readonly ParserConfiguration Parsing = new()
    {
        // A prompt may begin with @, and -fm does not mean -f -m.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    /// <summary>All commands, in the order listed by help.</summary>
    private static readonly Func<Shell, Command>[] Commands =
    [
        RunCommand.Create,
        ChatCommand.Create,
        ServeCommand.Create,
        TokenizeCommand.Create,
        ScoreCommand.Create,
        CalibrateCommand.Create,
        BenchCommand.Create,
        CompareCommand.Create,
        MarketCommand.Create,
        ConvertCommand.CreateConvert,
        ConvertCommand.CreateQuantize,
        ExplainCommand.Create,
        DoctorCommand.Create,
        PluginsCommand.Create,
        ConversationsCommand.Create,
        AccountsCommand.Create,
        JobsCommand.Create,
        ReceiptsCommand.Create,
        PricesCommand.Create,
        SetupCommand.Create,
        SchemaCommand.Create,
        ProbePluginCommand.Create,
    ];

    /// <summary>Runs one command line.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(IReadOnlyList<string> arguments, Shell shell)
    {
        bool verbose = false;
        try
        {
            ParseResult parsed = Create(shell).Parse(arguments, Parsing);
            verbose = parsed.GetValue(Verbose);
            if (parsed.Action is not HelpAction)
                RefuseStrayOptions(parsed);
            if (parsed.Action is ParseErrorAction)
                return Report(ParseFaults(parsed), shell);

            int code = parsed.Invoke(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = shell.Out, Error = shell.Error });
            shell.Out.Flush();
            return shell.Interrupts.IsEnding && code == ExitCodes.Done ? ExitCodes.Interrupted : code;
        }
        catch (Exception exception)
        {
            Failure failure = Failure.Of(exception);
            failure.Report(shell);
            if (verbose && failure.ExitCode != ExitCodes.Done)
                shell.Error.WriteLine(Failure.Details(exception));

            return failure.ExitCode;
        }
    }

    /// <summary>The root command with all commands.</summary>
    internal static Command Create(Shell shell)
    {
        // Not RootCommand, which is named after the executable and treats "[suggest]" as a directive.
        Command root = new("spud", "Spud composes a language-model pipeline out of plugins, runs it and meters it.") { new HelpOption(), new VersionOption(), Verbose };
        foreach (Func<Shell, Command> create in Commands)
            root.Subcommands.Add(create(shell));

        root.SetAction(result => result.RootCommandResult.Command.Parse([shell.HasScreen ? "chat" : "--help"], Parsing).Invoke(result.InvocationConfiguration));
        return root;
    }

    private static int Report(IEnumerable<string> faults, Shell shell)
    {
        foreach (string fault in faults)
            shell.Say($"error: {fault}");

        return ExitCodes.BadInput;
    }

    /// <summary>Refuses unknown options: the parser would assign them to arguments that accept more values, such as the prompt.</summary>
    /// <exception cref="BadInputException">There is an unknown option before "--".</exception>
    private static void RefuseStrayOptions(ParseResult parsed)
    {
        Token? end = parsed.Tokens.FirstOrDefault(token => token.Type == TokenType.DoubleDash);
        HashSet<Token> before = new(parsed.Tokens.TakeWhile(token => !ReferenceEquals(token, end)), ReferenceEqualityComparer.Instance);
        foreach (Argument argument in parsed.CommandResult.Command.Arguments)
        {
            foreach (Token token in parsed.GetResult(argument)?.Tokens ?? [])
            {
                if (token.Value is ['-', _, ..] && before.Contains(token))
                    throw new BadInputException(Stray(token.Value, parsed.CommandResult.Command) + " Put text that starts with '-' after '--'.");
            }
        }
    }

    private static IEnumerable<string> ParseFaults(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count == 0)
            return parsed.Errors.Select(error => error.Message).Distinct();

        return parsed.UnmatchedTokens.Take(1).Select(token => token.StartsWith('-') ? Stray(token, command)
            : command.Name == "spud" ? $"Unknown command '{token}'.{Suggestion.Hint(token, command.Subcommands.Select(known => known.Name))} 'spud --help' lists them."
            : $"Too many arguments for 'spud {command.Name}': '{token}'. Put text of several words in quotes.");
    }

    private static string Stray(string token, Command command)
    {
        string name = token.Split('=')[0];
        IEnumerable<string> known = command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Append(Verbose.Name);
        return $"'{Path(command)}' has no option '{name}'.{Suggestion.Hint(name, known)}";
    }

    private static string Path(Command command) => command.Name == "spud" ? "spud" : $"spud {command.Name}";
}
