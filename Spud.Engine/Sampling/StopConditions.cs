using System.Buffers;
using System.Text;

namespace Spud.Sampling;

/// <summary>
/// Determines when one sequence ends: at a stop token, or where its text completes a stop string. Text that may turn out to belong to a stop
/// string is held back; a stop string and what follows it are never emitted, and nothing else is lost. The stop string completed first
/// wins, and of several completed by the same character the longest, so it does not matter how the text is split into pieces.
/// Comparison is exact, by UTF-16 unit: no case folding, no normalisation.
/// </summary>
public sealed class StopConditions
{
    private readonly HashSet<int> _tokens;
    private readonly StopStringAutomaton _automaton;
    private readonly StringBuilder _held = new();
    private int _state = StopStringAutomaton.Start;

    /// <summary>Creates the conditions of one sequence.</summary>
    /// <param name="tokenIds">The model's end-of-generation tokens and any others.</param>
    /// <param name="strings">Stop strings, none empty; their order does not matter.</param>
    /// <exception cref="ArgumentException">A stop string is empty or half a surrogate pair.</exception>
    public StopConditions(IEnumerable<int> tokenIds, IEnumerable<string>? strings = null)
    {
        _tokens = [.. tokenIds];
        string[] all = [.. strings ?? []];
        for (int i = 0; i < all.Length; i++)
        {
            Require(all[i], i);
        }
        _automaton = new StopStringAutomaton(all);
    }

    /// <summary>The stop string that ended the text; null if none has.</summary>
    public string? MatchedString { get; private set; }

    /// <summary>Whether the token ends the sequence; its text, if any, must not be appended.</summary>
    public bool IsStopToken(int tokenId) => _tokens.Contains(tokenId);

    /// <summary>
    /// Takes the next piece of text, of any length, and returns the text that can be emitted now, including text held back before; may be empty. Then
    /// check <see cref="MatchedString"/>; once it is set, all further text is dropped.
    /// </summary>
    public string Append(ReadOnlySpan<char> text)
    {
        if (MatchedString is not null)
        {
            return "";
        }
        foreach (char unit in text)
        {
            _held.Append(unit);
            _state = _automaton.Next(_state, unit);
            if (_automaton.Match(_state) is { } match)
            {
                MatchedString = match;
                return TakeHeld(_held.Length - match.Length, drop: match.Length);
            }
        }
        return TakeHeld(_held.Length - _automaton.Depth(_state), drop: 0);
    }

    /// <inheritdoc cref="Append(ReadOnlySpan{char})"/>
    /// <remarks>Text in which no stop string begins, and before which none is held back, is returned as it is.</remarks>
    public string Append(string text)
    {
        if (MatchedString is not null || _held.Length > 0)
        {
            return Append(text.AsSpan());
        }
        foreach (char unit in text)
        {
            if (_automaton.Next(StopStringAutomaton.Start, unit) != StopStringAutomaton.Start)
            {
                return Append(text.AsSpan());
            }
        }
        return text;
    }

    /// <summary>Call when the sequence has ended for another reason: returns the text still held back, which belongs to no stop string. Further text starts afresh.</summary>
    public string Flush()
    {
        _state = StopStringAutomaton.Start;
        return TakeHeld(_held.Length, drop: 0);
    }

    private string TakeHeld(int length, int drop)
    {
        string text = _held.ToString(0, length);
        _held.Remove(0, length + drop);
        return text;
    }

    private static void Require(string text, int index)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new ArgumentException($"stop strings: number {index + 1} is empty, expected at least one character.");
        }
        for (ReadOnlySpan<char> rest = text; rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out int units) != OperationStatus.Done)
            {
                throw new ArgumentException($"stop strings: number {index + 1} has half a surrogate pair at position {text.Length - rest.Length}, expected whole characters.");
            }
            rest = rest[units..];
        }
    }
}
