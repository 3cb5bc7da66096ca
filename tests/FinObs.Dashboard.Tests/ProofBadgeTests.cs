using FinObs.Testing;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>The badge believes nothing that its own browser has not checked.</summary>
[Collection(OneBrowser.Name)]
public sealed class ProofBadgeTests(Browser browser)
{
    private const string Badge = ".decision-head fo-proof";

    [Fact]
    public async Task A_decision_that_stands_in_the_signed_log_is_green_and_its_key_can_be_pinned()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("proven");

        await tab.GoAsync($"/decisions/{id}");
        await Assertions.Expect(tab.Page.Locator(Badge)).ToHaveAttributeAsync("data-state", "good", new LocatorAssertionsToHaveAttributeOptions { Timeout = 15_000 });
        await Assertions.Expect(tab.Page.Locator(Badge)).ToContainTextAsync("key of this server");
        await tab.Page.ClickAsync($"{Badge} summary");
        await tab.Page.ClickAsync("text=Pin this key in this browser");

        await Assertions.Expect(tab.Page.Locator(Badge)).ToContainTextAsync("key pinned");
    }

    [Theory]
    [InlineData("the proof's path", "/proof", "\"hashes\":[\"", "\"hashes\":[\"AAAA")]
    [InlineData("the root", "/proof", "\\n\\n", "A\\n\\n")]
    [InlineData("the leaf", "", "\"leaf\":\"eyJ", "\"leaf\":\"eyK")]
    public async Task Whatever_of_the_answer_is_changed_the_badge_is_red(string what, string path, string from, string to)
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync($"tampered-{what.GetHashCode(StringComparison.Ordinal)}");
        bool changed = false;
        await tab.Page.RouteAsync(url => url.Contains("/v1/audit/leaves/", StringComparison.Ordinal) && url.EndsWith("/proof", StringComparison.Ordinal) == (path.Length > 0), async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            string body = await answer.TextAsync();
            changed |= body.Contains(from, StringComparison.Ordinal);
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = body.Replace(from, to, StringComparison.Ordinal) });
        });

        await tab.GoAsync($"/decisions/{id}");

        await Assertions.Expect(tab.Page.Locator(Badge)).ToHaveAttributeAsync("data-state", "bad", new LocatorAssertionsToHaveAttributeOptions { Timeout = 15_000 });
        Assert.True(changed, what);
    }

    [Fact]
    public async Task A_key_that_was_pinned_and_is_another_now_is_red()
    {
        await using Tab tab = await browser.OpenAsync();
        (string id, _) = await browser.Host.SendLargeWireAsync("other-key");

        // A good key of the same name, made in the browser, and not this log's.
        await tab.GoAsync("/");
        await tab.Page.EvaluateAsync(
            """
            async () => {
              const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
              const typed = Uint8Array.of(1, ...new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))), name = 'finobs.local/audit';
              const id = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.of(...new TextEncoder().encode(name + '\n'), ...typed))).slice(0, 4);
              localStorage.setItem('fo-pin', `${name}+${[...id].map(b => b.toString(16).padStart(2, '0')).join('')}+${btoa(String.fromCharCode(...typed))}`);
            }
            """);
        await tab.GoAsync($"/decisions/{id}");

        await Assertions.Expect(tab.Page.Locator(Badge)).ToHaveAttributeAsync("data-state", "bad", new LocatorAssertionsToHaveAttributeOptions { Timeout = 15_000 });
    }

    /// <summary>Certificate Transparency's reference inputs and roots (RFC 6962), also with each wrong place.</summary>
    [Fact]
    public async Task Its_walk_from_a_leaf_to_the_root_agrees_with_the_reference_vectors_and_with_no_other_place()
    {
        await using Tab tab = await browser.OpenAsync();
        await tab.GoAsync("/");

        string outcome = await tab.Page.EvaluateAsync<string>(
            """
            async vectors => {
              const { leaves_hex, roots, inclusion } = JSON.parse(vectors);
              const bytes = hex => Uint8Array.from(hex.match(/../g) ?? [], part => parseInt(part, 16)), hex = all => [...all].map(b => b.toString(16).padStart(2, '0')).join('');
              let good = 0, wrong = 0;
              for (const { size, index, proof } of inclusion) {
                const leaf = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.of(0, ...bytes(leaves_hex[index]))));
                for (let place = 0; place < size; place++) {
                  const root = await finobsProof.rootOf(leaf, place, size, proof.map(bytes));
                  const matches = root !== null && hex(root) === roots[size - 1];
                  good += matches && place === index; wrong += matches !== (place === index);
                }
              }
              return `${good === inclusion.length}, ${wrong} wrong`;
            }
            """,
            Fixtures.ReadText("audit/merkle_vectors.json"));

        Assert.Equal("true, 0 wrong", outcome);
    }
}
