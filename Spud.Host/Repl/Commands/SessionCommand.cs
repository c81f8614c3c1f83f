namespace Spud.Host.Repl.Commands;

/// <summary>A command of a session as data, from which help, completion and documentation are generated.</summary>
/// <param name="Name">Without the slash.</param>
internal sealed record SessionCommand(string Name)
{
    /// <summary>Aliases that users know from other programs.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Syntax of the arguments, such as "PATH=VALUE"; empty if there are none.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>What it does, in one line.</summary>
    public required string Help { get; init; }

    /// <summary>Examples and rules for the command's own help page.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>The group in which help lists it.</summary>
    public required CommandGroup Group { get; init; }

    /// <summary>Whether its failure is ignored in a script's exit code.</summary>
    public bool MayFail { get; init; }

    /// <summary>Runs the command with the text after its name and a cancellation token.</summary>
    public required Action<Session, string, CancellationToken> Run { get; init; }

    /// <summary>Completes the arguments: takes the text typed after the name and returns complete arguments.</summary>
    public Func<Session, string, IEnumerable<string>> Complete { get; init; } = static (_, _) => [];

    /// <summary>"/set PATH=VALUE".</summary>
    public string Usage => Arguments.Length == 0 ? $"/{Name}" : $"/{Name} {Arguments}";
}

/// <summary>Groups of commands, in the order in which help lists them.</summary>
internal enum CommandGroup
{
    /// <summary>The conversation.</summary>
    Conversation,

    /// <summary>The pipeline.</summary>
    Pipeline,

    /// <summary>Inspecting and comparing answers.</summary>
    Answers,

    /// <summary>Limits and prices.</summary>
    Budget,

    /// <summary>The session itself.</summary>
    Session,
}
