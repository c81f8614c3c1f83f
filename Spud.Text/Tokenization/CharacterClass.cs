namespace Spud.Text.Tokenization;

/// <summary>What a pre-tokeniser's pattern asks of a character: \p{L}, \p{N}, \p{M}, \p{P}, \p{S} and \s.</summary>
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
