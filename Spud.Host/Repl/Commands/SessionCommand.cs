namespace Spud.Host.Repl.Commands;

/// <summary>A command of a session, as data: help, completion and documents are made of it.</summary>
/// <param name="Name">Without the slash.</param>
internal sealed record SessionCommand(string Name)
{
    /// <summary>Other names, that people know from elsewhere.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What follows the name, such as "PATH=VALUE"; empty: nothing.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>What it does, in one line.</summary>
    public required string Help { get; init; }

    /// <summary>More, for its own page: lines of examples and rules.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>Lines of work that belong together in the list.</summary>
    public required CommandGroup Group { get; init; }

    /// <summary>Whether a script succeeds although it failed: what counts is how the script ends.</summary>
    public bool MayFail { get; init; }

    /// <summary>Does it: gets what was typed after the name, and what stops it.</summary>
    public required Action<Session, string, CancellationToken> Run { get; init; }

    /// <summary>What the arguments may go on with: gets what was typed after the name so far, and returns whole arguments.</summary>
    public Func<Session, string, IEnumerable<string>> Complete { get; init; } = static (_, _) => [];

    /// <summary>"/set PATH=VALUE".</summary>
    public string Usage => Arguments.Length == 0 ? $"/{Name}" : $"/{Name} {Arguments}";
}

/// <summary>What a command has to do with; the order of the list.</summary>
internal enum CommandGroup
{
    /// <summary>The conversation.</summary>
    Conversation,

    /// <summary>The pipeline.</summary>
    Pipeline,

    /// <summary>Looking at answers, and comparing them.</summary>
    Answers,

    /// <summary>Limits and prices.</summary>
    Budget,

    /// <summary>The session itself.</summary>
    Session,
}
