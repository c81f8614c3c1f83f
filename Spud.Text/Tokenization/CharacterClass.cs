namespace Spud.Text.Tokenization;

/// <summary>The character classes used by pre-tokenisers' patterns: \p{L}, \p{N}, \p{M}, \p{P}, \p{S} and \s.</summary>
[Flags]
internal enum CharacterClass : byte
{
    /// <summary>Control, format, private, unassigned.</summary>
    Other = 0,
    Letter = 1,
    Number = 2,
    Mark = 4,
    Punctuation = 8,
    Symbol = 16,
    Space = 32,
}
