import { testShortForms } from './short-forms';

testShortForms({ first: 2 });
