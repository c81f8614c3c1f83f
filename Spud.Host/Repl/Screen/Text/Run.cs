namespace Spud.Host.Repl.Screen;

/// <summary>Safe text in one style, without line breaks.</summary>
internal readonly record struct Run(string Text, Ink Ink = Ink.Normal);
