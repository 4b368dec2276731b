using System.Globalization;
using System.Text.RegularExpressions;

namespace Crossbench.Runs.Filters;

/// <summary>Reads the text of one filter; <see cref="FilterFields"/> says what it may be.</summary>
internal sealed partial class FilterReader(string text)
{
    private const int LongestText = 2000;
    private const int MostTerms = 100;
    private const int DeepestNesting = 20;
    private readonly List<FilterProblem> _problems = [];
    private readonly List<FilterTerm> _spans = [];
    private FilterTerm _term;
    private int _at;
    private int _terms;
    private int _depth;

    private bool IsAtEnd => _at >= text.Length;

    /// <summary>Reads all of it.</summary>
    public FilterReading Read()
    {
        if (text.Length > LongestText)
        {
            return new FilterReading(text, null, [new FilterProblem(LongestText, text.Length - LongestText, $"A filter has at most {LongestText} characters.", "Make it shorter.")]);
        }

        RunFilter? filter = null;
        SkipSpaces();
        if (!IsAtEnd)
        {
            filter = ReadAny();
            while (!IsAtEnd)
            {
                Problem(_at, 1, "This parenthesis closes none.", "Take it away, or put quotes around words that hold it.");
                _at++;
                SkipSpaces();
                _ = IsAtEnd ? null : ReadAny();
            }
        }

        return new FilterReading(text, _problems.Count == 0 ? filter : null, _problems) { Terms = _spans };
    }

    private RunFilter ReadAny()
    {
        var parts = new List<RunFilter> { ReadEvery() };
        while (TakeWord("or"))
        {
            parts.Add(ReadEvery());
        }

        return parts is [var only] ? only : new AnyOf(parts);
    }

    private RunFilter ReadEvery()
    {
        var parts = new List<RunFilter>();
        var begun = _at;
        var isAsked = false;
        for (SkipSpaces(); !IsAtEnd && text[_at] != ')' && !IsWord("or"); SkipSpaces())
        {
            if (parts.Count > 0 && TakeWord("and"))
            {
                isAsked = true;
                continue;
            }

            // Where a term is wrong, that has been said; the rest of the filter is looked at all the same.
            isAsked = false;
            parts.Add(ReadOne() ?? new EveryOf([]));
        }

        if (parts.Count == 0 || isAsked)
        {
            Problem(IsAtEnd ? text.Length : begun, 0, "A term is missing here.", "Give one, or take and, or, parentheses away.");
        }

        return parts is [var only] ? only : new EveryOf(parts);
    }

    private RunFilter? ReadOne()
    {
        var isNegated = false;
        var begun = _at;
        for (; ; SkipSpaces())
        {
            if (_at + 1 < text.Length && text[_at] == '-' && !char.IsWhiteSpace(text[_at + 1]))
            {
                _at++;
            }
            else if (!TakeWord("not"))
            {
                break;
            }

            isNegated = !isNegated;
        }

        if (IsAtEnd || text[_at] == ')')
        {
            Problem(_at, 0, "A term is missing here.", "Give one, or take the not away.");
            return null;
        }

        if (++_terms > MostTerms)
        {
            Problem(_at, text.Length - _at, $"A filter has at most {MostTerms} terms.", "Make it shorter.");
            _at = text.Length;
            return null;
        }

        var part = text[_at] == '(' ? ReadGroup() : ReadTerm();
        _spans.Add(_term with { At = begun, Length = _at - begun });
        _term = default;
        return part is not null && isNegated ? new NoneOf(part) : part;
    }

    private RunFilter? ReadGroup()
    {
        var opened = _at++;
        if (++_depth > DeepestNesting)
        {
            Problem(opened, text.Length - opened, $"Parentheses are nested at most {DeepestNesting} deep.", "Take some away.");
            _at = text.Length;
            return null;
        }

        var inner = ReadAny();
        _depth--;
        if (IsAtEnd)
        {
            Problem(opened, 1, "This parenthesis is not closed.", "Add ) where it ends.");
            return null;
        }

        _at++;
        _term = default;
        return inner;
    }

    private RunFilter? ReadTerm()
    {
        if (FieldAndOperator().Match(text, _at) is { Success: true } match)
        {
            var (name, sign) = (match.Groups[1], match.Groups[2]);
            _at = match.Index + match.Length;
            var values = ReadValues();
            _term = new FilterTerm(0, 0, FilterFields.Find(name.Value), values);
            return _term.Field is not { } field ? UnknownField(name)
                : values.Count == 0 ? Problem(_at, 0, $"{field.Name} needs a value.", $"Write it like {field.Example}.")
                : new FilterValues(text, field, _problems).Read(sign.Value, sign.Index, values);
        }

        var word = ReadValue(stopAtComma: false);
        _term = new FilterTerm(0, 0, null, [word]);
        return word.Text.Length > 0 ? new HasWords(word.Text) : Problem(_at, 0, "There are no words between the quotes.", "Write some, or take the quotes away.");
    }

    private RunFilter? UnknownField(Group name)
    {
        var near = NearestWord.To(name.Value, FilterFields.All.SelectMany(field => field.Aliases.Prepend(field.Name)));
        _problems.Add(new FilterProblem(name.Index, name.Length, $"There is no field \"{name.Value}\".", near is null ? "Put the words in quotes to look for them as they are." : $"Did you mean {near}?")
        {
            Mended = near is null ? null : string.Concat(text.AsSpan(0, name.Index), near, text.AsSpan(name.Index + name.Length)),
        });
        return null;
    }

    private List<FilterValue> ReadValues()
    {
        var values = new List<FilterValue>();
        while (!IsAtEnd && !IsBoundary(text[_at]))
        {
            var value = ReadValue(stopAtComma: true);
            if (value.Text.Length > 0)
            {
                values.Add(value);
            }

            if (IsAtEnd || text[_at] != ',')
            {
                break;
            }

            _at++;
        }

        return values;
    }

    /// <summary>A text in quotes, or all up to a space, a closing parenthesis or a comma.</summary>
    private FilterValue ReadValue(bool stopAtComma)
    {
        var begun = _at;
        if (text[_at] == '"')
        {
            var end = text.IndexOf('"', _at + 1);
            if (end < 0)
            {
                Problem(begun, text.Length - begun, "This quote is not closed.", "Add \" where the words end.");
                end = text.Length;
            }

            _at = Math.Min(end + 1, text.Length);
            return new FilterValue(text[(begun + 1)..end].Trim(), begun, _at - begun);
        }

        while (!IsAtEnd && !IsBoundary(text[_at]) && !(stopAtComma && text[_at] == ','))
        {
            _at++;
        }

        return new FilterValue(text[begun.._at], begun, _at - begun);
    }

    private RunFilter? Problem(int at, int length, string reason, string remedy)
    {
        _problems.Add(new FilterProblem(at, length, reason, remedy));
        return null;
    }

    private void SkipSpaces()
    {
        while (!IsAtEnd && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    /// <summary>Whether a whole word, in any case, stands here.</summary>
    private bool IsWord(string word) => string.Compare(text, _at, word, 0, word.Length, CultureInfo.InvariantCulture, CompareOptions.OrdinalIgnoreCase) == 0
        && (_at + word.Length >= text.Length || IsBoundary(text[_at + word.Length]) || text[_at + word.Length] == '(');

    private bool TakeWord(string word)
    {
        SkipSpaces();
        if (IsAtEnd || !IsWord(word))
        {
            return false;
        }

        _at += word.Length;
        SkipSpaces();
        return true;
    }

    private static bool IsBoundary(char letter) => char.IsWhiteSpace(letter) || letter == ')';

    [GeneratedRegex(@"\G([A-Za-z][A-Za-z_.]*)(!=|<=|>=|:|=|<|>)")]
    private static partial Regex FieldAndOperator();
}

/// <summary>A value in the text of a filter.</summary>
/// <param name="Text">The value, without quotes.</param>
/// <param name="At">Where it begins.</param>
/// <param name="Length">How long it is in the text.</param>
internal readonly record struct FilterValue(string Text, int At, int Length);

/// <summary>A term in the text of a filter, with the signs that negate it.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Field">Its field; null for words and for what stands in parentheses.</param>
/// <param name="Values">Its values, or its words; null for what stands in parentheses.</param>
internal readonly record struct FilterTerm(int At, int Length, FilterField? Field, IReadOnlyList<FilterValue>? Values);
