using System.Text;
using Crossbench.Suites.Toml;
using Xunit;

namespace Crossbench.Tests.Suites;

/// <summary>What TOML 1.0 allows, with the values it stands for.</summary>
public sealed class TomlValidTests
{
    [Theory]
    [InlineData("", "{}")]
    [InlineData("\n \t\n# only a comment", "{}")]
    [InlineData("a = 1", "{a: 1}")]
    [InlineData("a=1#c\nb = 2 # d\n", "{a: 1, b: 2}")]
    [InlineData("a = 1\r\nb = 2\r\n", "{a: 1, b: 2}")]
    [InlineData("a = 1\r\nb = 2\n", "{a: 1, b: 2}")]
    [InlineData("\uFEFFa = 1", "{a: 1}")]
    [InlineData("# käse ☃ \U0001F600\t!\na = 1", "{a: 1}")]
    [InlineData("a_b-C9 = 1\n1234 = 2\n-_- = 3", "{a_b-C9: 1, 1234: 2, -_-: 3}")]
    [InlineData("\"\" = 1", "{\"\": 1}")]
    [InlineData("'' = 1", "{\"\": 1}")]
    [InlineData("\"ä b\" = 1\n'c\"d' = 2\n\"\\u00e9\\n\" = 3", "{\"ä b\": 1, \"c\\\"d\": 2, \"é\\n\": 3}")]
    [InlineData("a.b.c = 1\na.b.d = 2\na.e = 3", "{a: {b: {c: 1, d: 2}, e: 3}}")]
    [InlineData("a . b\t.\tc = 1", "{a: {b: {c: 1}}}")]
    [InlineData("a.\"b.c\".'d' = 1", "{a: {\"b.c\": {d: 1}}}")]
    [InlineData("3.14 = 1", "{3: {14: 1}}")]
    [InlineData("a.b = 1\nc = 2\na.d = 3", "{a: {b: 1, d: 3}, c: 2}")]
    [InlineData("true = 1\ninf = 2\n2001-02-03 = 3", "{true: 1, inf: 2, 2001-02-03: 3}")]
    public void KeysAndLines(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"a # b\"", "\"a # b\"")]
    [InlineData("\"\\b\\t\\n\\f\\r\\\"\\\\\"", "\"\\u0008\\t\\n\\u000c\\r\\\"\\\\\"")]
    [InlineData("\"\\u0041\\U0001F600\\uD7FF\\uE000\\U0010FFFF\\u0000\"", "\"A\U0001F600\uD7FF\uE000\U0010FFFF\\u0000\"")]
    [InlineData("\"tab\there\"", "\"tab\\there\"")]
    [InlineData("\"☃\U0001F600\u0080\"", "\"☃\U0001F600\u0080\"")]
    [InlineData("''", "\"\"")]
    [InlineData("'c:\\no\\escape'", "\"c:\\\\no\\\\escape\"")]
    [InlineData("\"\"\"\"\"\"", "\"\"")]
    [InlineData("\"\"\"\none\ntwo\"\"\"", "\"one\\ntwo\"")]
    [InlineData("\"\"\"\r\none\r\ntwo\"\"\"", "\"one\\ntwo\"")]
    [InlineData("\"\"\"\n\none\"\"\"", "\"\\none\"")]
    [InlineData("\"\"\"a \\\n   b\"\"\"", "\"a b\"")]
    [InlineData("\"\"\"a \\  \t\n \n\r\n\t b\"\"\"", "\"a b\"")]
    [InlineData("\"\"\"\\\n  a\\\n  \"\"\"", "\"a\"")]
    [InlineData("\"\"\"a\\\\\nb\"\"\"", "\"a\\\\\\nb\"")]
    [InlineData("\"\"\"a \" b \"\" c \\\"\"\" d\"\"\"", "\"a \\\" b \\\"\\\" c \\\"\\\"\\\" d\"")]
    [InlineData("\"\"\"\"one quote\"\"\"\"", "\"\\\"one quote\\\"\"")]
    [InlineData("\"\"\"\"\"two quotes\"\"\"\"\"", "\"\\\"\\\"two quotes\\\"\\\"\"")]
    [InlineData("''''''", "\"\"")]
    [InlineData("'''\none\\\ntwo'''", "\"one\\\\\\ntwo\"")]
    [InlineData("''''a''b'''''", "\"'a''b''\"")]
    [InlineData("'''a\"\"\"b'''", "\"a\\\"\\\"\\\"b\"")]
    public void Strings(string text, string expected) => Check($"v = {text} # end\nw = 1", $"{{v: {expected}, w: 1}}");

    [Theory]
    [InlineData("0", "0")]
    [InlineData("+0", "0")]
    [InlineData("-0", "0")]
    [InlineData("+99", "99")]
    [InlineData("-17", "-17")]
    [InlineData("1_000", "1000")]
    [InlineData("5_349_221", "5349221")]
    [InlineData("1_2_3", "123")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("0xDEADBEEF", "3735928559")]
    [InlineData("0xdead_beef", "3735928559")]
    [InlineData("0x00", "0")]
    [InlineData("0x7fffffffffffffff", "9223372036854775807")]
    [InlineData("0o01234567", "342391")]
    [InlineData("0o7_7", "63")]
    [InlineData("0b11010110", "214")]
    [InlineData("0b1_0", "2")]
    [InlineData("1.0", "1.0")]
    [InlineData("+1.5", "1.5")]
    [InlineData("-0.01", "-0.01")]
    [InlineData("0.0", "0.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("5e+22", "5E+22")]
    [InlineData("1e06", "1000000.0")]
    [InlineData("-2E-2", "-0.02")]
    [InlineData("6.626e-34", "6.626E-34")]
    [InlineData("0e0", "0.0")]
    [InlineData("9_224_617.445_991", "9224617.445991")]
    [InlineData("1_0.0_1e1_0", "100100000000.0")]
    [InlineData("1e-999", "0.0")]
    [InlineData("inf", "Infinity")]
    [InlineData("+inf", "Infinity")]
    [InlineData("-inf", "-Infinity")]
    [InlineData("nan", "NaN")]
    [InlineData("+nan", "NaN")]
    [InlineData("-nan", "NaN")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    public void NumbersAndTruth(string text, string expected) => Check($"v = {text}", $"{{v: {expected}}}");

    [Theory]
    [InlineData("1979-05-27T07:32:00Z", "1979-05-27T07:32:00+00:00")]
    [InlineData("1979-05-27 07:32:00z", "1979-05-27T07:32:00+00:00")]
    [InlineData("1979-05-27t00:32:00.999999-07:00", "1979-05-27T00:32:00.999999-07:00")]
    [InlineData("1979-05-27T00:32:00.123456789+23:59", "1979-05-27T00:32:00.1234567+23:59")]
    [InlineData("1979-05-27T07:32:00-00:00", "1979-05-27T07:32:00+00:00")]
    [InlineData("0001-01-01 00:00:00Z", "0001-01-01T00:00:00+00:00")]
    [InlineData("9999-12-31 23:59:59+01:00", "9999-12-31T23:59:59+01:00")]
    [InlineData("1979-05-27T07:32:00", "1979-05-27T07:32:00")]
    [InlineData("1979-05-27 00:32:00.5", "1979-05-27T00:32:00.5")]
    [InlineData("2000-02-29", "2000-02-29")]
    [InlineData("07:32:00", "07:32:00")]
    [InlineData("23:59:59.99999999999", "23:59:59.9999999")]
    [InlineData("1979-05-27 # 07:32:00", "1979-05-27")]
    public void DatesAndTimes(string text, string expected) => Check($"v = {text}", $"{{v: {expected}}}");

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("[ ]", "[]")]
    [InlineData("[1, 2]", "[1, 2]")]
    [InlineData("[1,]", "[1]")]
    [InlineData("[\n 1, # one\n\n # two\n 2\n , ]", "[1, 2]")]
    [InlineData("[\r\n1\r\n]", "[1]")]
    [InlineData("[# c ]\n]", "[]")]
    [InlineData("[[1], ['a', [2.0]], []]", "[[1], [\"a\", [2.0]], []]")]
    [InlineData("[1, 'a', {b = 2}, 1979-05-27, true]", "[1, \"a\", {b: 2}, 1979-05-27, true]")]
    [InlineData("[ '''a\n''', \"\"\"\nb\"\"\" ]", "[\"a\\n\", \"b\"]")]
    [InlineData("{}", "{}")]
    [InlineData("{ }", "{}")]
    [InlineData("{a=1}", "{a: 1}")]
    [InlineData("{ a = 1 , b = { c = [ 2 ] } }", "{a: 1, b: {c: [2]}}")]
    [InlineData("{ a.b = 1, a.c = 2, 'x y'.z = 3 }", "{a: {b: 1, c: 2}, \"x y\": {z: 3}}")]
    [InlineData("{ a = [\n1,\n2\n], b = '''\nx''' }", "{a: [1, 2], b: \"x\"}")]
    public void ListsAndTablesInBraces(string text, string expected) => Check($"v = {text}", $"{{v: {expected}}}");

    [Theory]
    [InlineData("[a]", "{a: {}}")]
    [InlineData(" [ a . 'b.c' ] # d\n x = 1", "{a: {\"b.c\": {x: 1}}}")]
    [InlineData("[a.b]\nx = 1\n[a]\ny = 2", "{a: {b: {x: 1}, y: 2}}")]
    [InlineData("[a]\nx=1\n[b]\n[a.c]\ny=2", "{a: {x: 1, c: {y: 2}}, b: {}}")]
    [InlineData("[x.y.z.w]\n[x]", "{x: {y: {z: {w: {}}}}}")]
    [InlineData("[fruit]\napple.color = 'red'\napple.taste.sweet = true\n[fruit.apple.texture]\nsmooth = true", "{fruit: {apple: {color: \"red\", taste: {sweet: true}, texture: {smooth: true}}}}")]
    [InlineData("[\"\"]\n\"\" = 1", "{\"\": {\"\": 1}}")]
    [InlineData("[[a]]\nx=1\n[[a]]\n[[a]]\nx=3", "{a: [{x: 1}, {}, {x: 3}]}")]
    [InlineData("[[a]]\nn=1\n[a.b]\nc=2\n[[a.d]]\ne=3\n[[a.d]]\n[[a]]\nn=4\n[[a.d]]\ne=5", "{a: [{n: 1, b: {c: 2}, d: [{e: 3}, {}]}, {n: 4, d: [{e: 5}]}]}")]
    [InlineData("[a.b]\n[[a.c]]\nx=1", "{a: {b: {}, c: [{x: 1}]}}")]
    [InlineData("[[a.b]]\nx=1\n[a]\ny=2", "{a: {b: [{x: 1}], y: 2}}")]
    [InlineData("[[a]]\nb.c = 1\n[[a]]\nb.c = 2", "{a: [{b: {c: 1}}, {b: {c: 2}}]}")]
    [InlineData("a = 1\n[b]\na = 2\n[c]\na.a = 3", "{a: 1, b: {a: 2}, c: {a: {a: 3}}}")]
    public void Tables(string text, string expected) => Check(text, expected);

    [Fact]
    public void Places_AreThoseOfTheText_InCharacters()
    {
        var root = Read("a = 1\n\t'\U0001F600é' = \"x\" # c\n[t]\n  list = [ 2,\n   {k = 3} ]\n[[u]]\n");
        Assert.Equal((1, 1, 1, 5), Places(root, 0));
        Assert.Equal((2, 2, 2, 9), Places(root, 1));
        Assert.Equal((3, 2, 3, 2), Places(root, 2));
        var list = (TomlArray)((TomlTable)root.Entries[2].Value).Entries[0].Value;
        Assert.Equal([(4, 10), (4, 12), (5, 4)], new[] { list.At, list.Items[0].At, list.Items[1].At }.Select(at => (at.Line, at.Column)));
        Assert.Equal((5, 5, 5, 9), Places((TomlTable)list.Items[1], 0));
        Assert.Equal((6, 3, 6, 3), Places(root, 3));

        static (int, int, int, int) Places(TomlTable table, int index) =>
            (table.Entries[index].At.Line, table.Entries[index].At.Column, table.Entries[index].Value.At.Line, table.Entries[index].Value.At.Column);
    }

    [Fact]
    public void Bytes_AreReadAsUtf8_WithAndWithoutMark()
    {
        var text = "a = '☃ \U0001F600'";
        Assert.Equal("{a: \"☃ \U0001F600\"}", TomlText.Of(TomlReader.Read(Encoding.UTF8.GetBytes(text), "f").Root));
        Assert.Equal("{a: \"☃ \U0001F600\"}", TomlText.Of(TomlReader.Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)], "f").Root));
    }

    private static void Check(string text, string expected) => Assert.Equal(expected, TomlText.Of(Read(text)));

    private static TomlTable Read(string text)
    {
        var reading = TomlReader.Read(text, "f.toml");
        Assert.Empty(reading.Problems);
        return reading.Root;
    }
}
